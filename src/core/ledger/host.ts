import { serve, type Handlers, type Port, type Server } from '../rpc/rpc';
import type { ConversationId } from '../base/ids';
import type { OpenProjection } from './openProjection';
import type { ItemRow, LedgerContract } from './queries';
import { findApprovals, findConversations, findItems, readConversation } from './read/conversations';
import { readCosts } from './read/costs';
import { findExecutions, placeOfStepText, readExecution, type ReadContext } from './read/executions';
import { findAlerts, readMetrics, readServiceChanges, readServiceHours } from './read/machine';
import { findMemories } from './read/memories';
import type { LedgerService } from './service';

/** Answers the ledger's contract on a port. The port's other side is one extension host. */
export function hostLedger(service: LedgerService, port: Port): Server<LedgerContract> {
	const server = serve<LedgerContract>(port, ledgerHandlers(service));
	const listening = service.onDidChange(change => server.emit('changed', change));
	return {
		emit: (name, payload) => server.emit(name, payload),
		dispose() {
			listening.dispose();
			server.dispose();
		},
	};
}

function ledgerHandlers(service: LedgerService): Handlers<LedgerContract> {
	return {
		open: ({ folder, retentionDays, retentionMb }) =>
			service.open(folder, { days: retentionDays, megabytes: retentionMb }),
		poke: () => service.refresh(),
		executions: filter => service.read(context => findExecutions(context, filter)),
		execution: ({ id }) => service.read(context => readExecution(context, id)),
		stepText: params => readStepText(service, params),
		costs: query => service.read(context => readCosts(context, query)),
		conversations: filter => service.read(context => findConversations(context, filter)),
		conversation: ({ id }) => service.read(context => readConversation(context, id)),
		items: query => readItems(service, query),
		approvals: filter => readApprovals(service, filter),
		memories: filter => service.read(context => findMemories(context, filter)),
		metrics: query => service.read(context => readMetrics(context, query)),
		serviceHours: query => service.read(context => readServiceHours(context, query)),
		serviceChanges: query => service.read(context => readServiceChanges(context, query)),
		alerts: filter => service.read(context => findAlerts(context, filter)),
		health: () => service.health(),
		snapshot: () => service.snapshot(),
		close: () => service.close(),
	};
}

type Params<Name extends keyof LedgerContract['requests']> = LedgerContract['requests'][Name]['params'];
type Result<Name extends keyof LedgerContract['requests']> = LedgerContract['requests'][Name]['result'];

async function readStepText(
	service: LedgerService,
	{ step, part, offset, length }: Params<'stepText'>,
): Promise<Result<'stepText'>> {
	const text = await service.readText(context => {
		const place = placeOfStepText(context, step, part);
		return place ? context.texts.read(place, part) : '';
	});
	return { text: (text ?? '').slice(offset, offset + length), total: text?.length ?? 0 };
}

async function readItems(
	service: LedgerService,
	query: { readonly conversation: ConversationId; readonly before?: number; readonly limit: number },
): Promise<Result<'items'>> {
	const attempt = ({
		texts,
		...context
	}: ReadContext & OpenProjection): { readonly found: Result<'items'>; readonly isWhole: boolean } => {
		const { items, earlier } = findItems(context, query);
		const rows = items.flatMap(({ item, order, place }): ItemRow[] => {
			const body = texts.read(place, 'body');
			return body === undefined ? [] : [{ item, order, body }];
		});
		return { found: { items: rows, earlier }, isWhole: rows.length === items.length };
	};
	const whole = await service.readText(context => {
		const { found, isWhole } = attempt(context);
		return isWhole ? found : undefined;
	});
	// An item whose text is lost for good does not take the conversation with it.
	return whole ?? service.read(context => attempt(context).found);
}

async function readApprovals(service: LedgerService, filter: Params<'approvals'>): Promise<Result<'approvals'>> {
	return service.read(context =>
		findApprovals(context, filter).map(({ row, effect }) => ({
			...row,
			effect: (effect && context.texts.read(effect, 'effect')) ?? '',
		})),
	);
}
