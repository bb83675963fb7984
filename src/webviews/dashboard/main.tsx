import './dashboard.css';
import { createRoot } from 'react-dom/client';
import type { DashboardContract } from '../../core/dashboard/dashboardProtocol';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<DashboardContract>();
page.api.setState({ identity: page.initial['identity'] });
createRoot(page.root).render(
	<App client={page.client} onView={({ dashboard }) => page.api.setState({ identity: dashboard.id })} />,
);
