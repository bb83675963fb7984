import './policy.css';
import { createRoot } from 'react-dom/client';
import type { PolicyContract } from '../../core/safety/policyProtocol';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<PolicyContract>();
page.api.setState({ identity: page.initial['identity'] });
createRoot(page.root).render(<App client={page.client} />);
