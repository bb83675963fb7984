import type { ReactElement } from 'react';
import { groupColours, type FlowGroup } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { useStored } from '../state/store';
import { FieldRow } from './FieldRow';
import { useDraft } from './useDraft';

/** Name and colour of the groups that selected nodes stand in. */
export function GroupFields(): ReactElement {
	const editor = useEditor();
	const groups = useStored(editor.doc, doc => doc.flow.groups);
	const nodes = useStored(editor.selection, selection => selection.nodes);
	const shown = Object.entries(groups).filter(([, group]) => group.nodes.some(id => nodes.has(id)));
	return (
		<>
			{shown.map(([id, group]) => (
				<Fields key={id} id={id} group={group} />
			))}
		</>
	);
}

function Fields({ id, group }: { readonly id: string; readonly group: FlowGroup }): ReactElement {
	const editor = useEditor();
	const draft = useDraft(group.name, text => {
		if (text.trim() !== '')
			editor.apply('Rename group', [{ op: 'setGroup', id, group: { ...group, name: text.trim() } }]);
	});
	return (
		<>
			<FieldRow label="Group" description="">
				{aria => (
					<input
						{...aria}
						className="form-input"
						value={draft.text}
						disabled={!editor.canEdit}
						onChange={event => draft.set(event.currentTarget.value)}
						onBlur={draft.flush}
					/>
				)}
			</FieldRow>
			<FieldRow label={`Colour of ${group.name}`} description="">
				{aria => (
					<select
						{...aria}
						className="form-input"
						value={group.color ?? 'blue'}
						disabled={!editor.canEdit}
						onChange={event => {
							const color = groupColours.find(each => each === event.currentTarget.value);
							if (color) editor.apply('Colour group', [{ op: 'setGroup', id, group: { ...group, color } }]);
						}}
					>
						{groupColours.map(colour => (
							<option key={colour} value={colour}>
								{colour}
							</option>
						))}
					</select>
				)}
			</FieldRow>
		</>
	);
}
