import './memory.css';
import { createRoot } from 'react-dom/client';
import type { MemoryPageContract } from '../../core/memory/memoryPage';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<MemoryPageContract>();
page.api.setState({ identity: page.initial['identity'] });
createRoot(page.root).render(<App client={page.client} />);
