import './mcp.css';
import '../shared/forms/forms.css';
import { createRoot } from 'react-dom/client';
import type { ElicitationContract } from '../../core/mcp/elicitationProtocol';
import type { InspectorContract } from '../../core/mcp/inspectorProtocol';
import { openPage } from '../shared/port';
import { Elicitation } from './Elicitation';
import { Inspector } from './Inspector';

/** One bundle for two pages: the inspector of a server, and the form of a server's question. */
const page = openPage<InspectorContract & ElicitationContract>();
const identity = page.initial['identity'];
if (typeof identity !== 'string') throw new Error('The page was not told what it shows');
const root = createRoot(page.root);
if (identity.startsWith('elicitation:')) root.render(<Elicitation client={page.client} />);
else root.render(<Inspector identity={identity} client={page.client} api={page.api} />);
