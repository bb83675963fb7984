import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import {
	modelServersTopic,
	type ModelServer as Server,
	type ServedModel,
} from '../../../core/dashboard/topics/servers';
import type { modelServerWidget } from '../../../core/dashboard/widgets/modelServer';
import { Button } from '../../shared/components/toolkit';
import { ActionRows, joined, type ActionRow } from '../ActionRows';
import { useTopic } from '../context';
import { Empty, Failed, Live } from '../Live';
import { formatSize } from '../numbers';
import { useCommand } from '../useCommand';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof modelServerWidget.settings>;

export function ModelServer({ settings }: WidgetProps<Settings>): ReactElement {
	const run = useCommand();
	const wanted = settings.server.trim();
	return (
		<Live of={useTopic(modelServersTopic, null)} loading="Asking the servers of models">
			{servers => {
				const shown = servers.filter(({ id }) => wanted === '' || id === wanted);
				if (shown.length > 0) return shown.map(server => <One key={server.id} server={server} settings={settings} />);
				return (
					<Empty icon="chip">
						<p>
							{wanted === '' ? 'No server of models was found on this machine.' : `There is no server “${wanted}”.`}
						</p>
						<Button onClick={() => run('quarterdeck.providers.open')}>Show Models</Button>
					</Empty>
				);
			}}
		</Live>
	);
}

function One({ server, settings }: { readonly server: Server; readonly settings: Settings }): ReactElement {
	const { label, health, models, problem } = server;
	const run = useCommand();
	const now = useNow(60_000);
	const retry = (): void => run('quarterdeck.providers.refresh');
	const failure = health?.isUp === false ? health.text : problem;
	if (failure !== null) return <Failed message={failure} actions={health?.actions ?? []} retry={retry} />;
	const loaded = models?.filter(({ vramBytes }) => vramBytes !== null) ?? [];
	const rows = settings.withUnloaded
		? [...loaded, ...(models ?? []).filter(({ vramBytes }) => vramBytes === null)]
		: loaded;
	const memory = loaded.reduce((sum, { vramBytes }) => sum + (vramBytes ?? 0), 0);
	// The command is one of rows of the view of models, and is given what it would find there.
	const unload = (model: ServedModel) => (): void =>
		run('quarterdeck.providers.unload', { node: { id: `model:${server.id}/${model.id}` } });
	return (
		<section aria-label={label}>
			<p className="bar-text">
				<strong>{label}</strong>
				<span className="muted">
					{models === null
						? 'asking…'
						: joined(`${loaded.length} of ${models.length} loaded`, memory > 0 && formatSize(memory))}
				</span>
			</p>
			{models !== null && rows.length === 0 && (
				<p className="muted">
					{models.length === 0 ? 'It has no models yet.' : 'No model is in its memory: the next question loads one.'}
				</p>
			)}
			<ActionRows
				rows={rows.map(model =>
					rowOf(model, now, {
						open: () => run('quarterdeck.providers.open'),
						unload: server.isManaged ? unload(model) : undefined,
					}),
				)}
			/>
		</section>
	);
}

function rowOf(
	model: ServedModel,
	now: number,
	{ open, unload }: { readonly open: () => void; readonly unload: (() => void) | undefined },
): ActionRow {
	const { id, label, bytes, vramBytes, loadedUntil } = model;
	const isLoaded = vramBytes !== null;
	const minutes = loadedUntil === null ? null : Math.max(0, Math.round((loadedUntil - now) / 60_000));
	const place = vramBytes === 0 ? 'on the CPU' : `${formatSize(vramBytes ?? 0)} of GPU memory`;
	return {
		id,
		icon: isLoaded ? 'circle-filled' : 'circle-outline',
		state: isLoaded ? 'loaded' : 'not loaded',
		tone: isLoaded ? 'good' : 'off',
		title: label,
		about: isLoaded
			? joined(place, minutes !== null && `for ${minutes} min more`)
			: bytes === null
				? ''
				: formatSize(bytes),
		open,
		...(isLoaded && unload ? { actions: [{ icon: 'close', label: `Unload ${label}`, run: unload }] } : {}),
	};
}
