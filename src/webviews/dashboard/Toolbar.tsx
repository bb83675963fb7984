import type { ReactElement } from 'react';
import { machineTopic } from '../../core/dashboard/topics/hardware';
import type { DashboardView } from '../../core/dashboard/dashboardProtocol';
import { asId } from '../../core/base/ids';
import type { DashboardId } from '../../core/dashboard/dashboard';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { MenuButton } from '../shared/components/Menu';
import { Button } from '../shared/components/toolkit';
import { useTopic } from './context';
import type { DashboardModel } from './model';
import type { PageState } from './state';

interface ToolbarProps {
	readonly view: DashboardView;
	readonly state: PageState;
	readonly model: DashboardModel;
}

/** Which dashboard it is, of which machine, and what can be done with it. */
export function Toolbar({ view, state, model }: ToolbarProps): ReactElement {
	const { dashboard, all } = view;
	const isGallery = state.side?.kind === 'gallery';
	return (
		<header className="toolbar">
			<MenuButton
				label={`Dashboard: ${dashboard.name}`}
				className="dashboard-picker"
				items={all.map(({ id, name }) => ({ id, label: name, isChecked: id === dashboard.id }))}
				onPick={id => void model.ask('show', { id: asId<DashboardId>(id) }).then(model.load)}
			>
				<h1>{dashboard.name}</h1>
				<Codicon name="chevron-down" />
			</MenuButton>
			<MachineName />
			<div className="toolbar-actions">
				<IconButton icon="discard" label="Undo" isDisabled={state.past.length === 0} onClick={() => model.undo()} />
				<IconButton icon="redo" label="Redo" isDisabled={state.future.length === 0} onClick={() => model.redo()} />
				<MoreMenu view={view} model={model} />
				<Button
					appearance={dashboard.widgets.length === 0 ? 'primary' : 'secondary'}
					onClick={() => model.dispatch({ type: 'side', side: isGallery ? null : { kind: 'gallery' } })}
				>
					Add Widget
				</Button>
			</div>
		</header>
	);
}

function MachineName(): ReactElement | null {
	const { data } = useTopic(machineTopic, null);
	if (!data) return null;
	const about = [data.system, data.cpu, data.remote].filter(Boolean).join(' · ');
	return (
		<span className="machine-name muted" title={about}>
			<Codicon name={data.remote === undefined ? 'vm' : 'remote'} />
			{data.hostname}
			{data.remote !== undefined && ` (${data.remote})`}
		</span>
	);
}

function MoreMenu({ view, model }: { readonly view: DashboardView; readonly model: DashboardModel }): ReactElement {
	const { load, dispatch } = model;
	const { dashboard } = view;
	const { id } = dashboard;
	const done: Readonly<Record<string, () => Promise<unknown>>> = {
		new: () => model.ask('create', { copyOf: null }).then(load),
		copy: () => model.ask('create', { copyOf: id }).then(load),
		rename: () => model.ask('rename', { id }),
		import: () => model.ask('importFile', null).then(load),
		export: () => model.ask('exportFile', { id }),
		remove: async () => {
			if (!(await model.ask('remove', { id }))) return;
			dispatch({ type: 'notice', notice: { text: `Deleted “${dashboard.name}”.`, before: dashboard } });
			load();
		},
	};
	return (
		<MenuButton
			label="More actions for dashboards"
			items={[
				{ id: 'new', label: 'New Dashboard', icon: 'add' },
				{ id: 'copy', label: 'Duplicate', icon: 'copy' },
				{ id: 'rename', label: 'Rename…', icon: 'edit' },
				{ id: 'import', label: 'Import…', icon: 'cloud-download' },
				{ id: 'export', label: 'Export…', icon: 'export' },
				{ id: 'remove', label: 'Delete', icon: 'trash' },
			]}
			onPick={pick => void done[pick]?.()}
		>
			<Codicon name="ellipsis" />
		</MenuButton>
	);
}
