import './ledger.css';
import { createRoot } from 'react-dom/client';
import { asId, type ExecutionId } from '../../core/base/ids';
import type { ExecutionPageContract } from '../../core/ledger/pageProtocol';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<ExecutionPageContract>();
const identity = page.initial['identity'];
if (typeof identity !== 'string') throw new Error('The page was not told which execution it shows');
createRoot(page.root).render(<App id={asId<ExecutionId>(identity)} client={page.client} api={page.api} />);
