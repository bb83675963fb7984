import './health.css';
import { createRoot } from 'react-dom/client';
import type { HealthPageContract } from '../../core/health/healthPage';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<HealthPageContract>();
page.api.setState({ identity: page.initial['identity'] });
createRoot(page.root).render(<App client={page.client} />);
