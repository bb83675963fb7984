import '../shared/forms/forms.css';
import './node.css';
import { createRoot } from 'react-dom/client';
import type { NodePageContract } from '../../core/flow/custom/nodePageProtocol';
import { openPage } from '../shared/port';
import { NodePage } from './NodePage';

const page = openPage<NodePageContract>();
createRoot(page.root).render(<NodePage client={page.client} />);
