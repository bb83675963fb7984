import { z } from 'zod';
import type { Json } from '../../../base/json';
import { defineNode } from '../nodeType';
import { anything, asJson, choice, flag, needed, texts } from '../params';
import { failure, isRecord, kindOf, port } from '../support';
import { valueAt, withValueAt, withoutValueAt } from './paths';

const objects = port('value', 'Object or list of objects', 'any');

/** Works on one object, or on each of a list. */
function each(value: Json | undefined, work: (object: Json) => Json): Json {
	if (Array.isArray(value)) return (value as readonly Json[]).map(work);
	return work(value ?? {});
}

export const setNode = defineNode({
	type: 'data.set',
	version: 1,
	title: 'Set',
	category: 'Data',
	icon: 'edit',
	summary: 'Adds or changes fields of an object',
	help: 'Gives the object that arrives (or a new one) with the fields that are set; of a list each object gets them. A name with dots leads inside: `user.name`. Example: `isLarge` as `{{ input.value.lines > 500 }}`.',
	aliases: ['Edit Fields', 'Assign', 'Change', 'Variable Assigner'],
	params: z.object({
		fields: z
			.array(
				z.object({
					name: needed('Name', '`user.name` leads inside.'),
					value: anything('Value', 'As JSON or an expression.'),
				}),
			)
			.default([])
			.meta({ title: 'Fields', description: 'In their order.' }),
		isOnlyThese: flag('Only these', 'Leaves out what the object had.'),
	}),
	ports: { inputs: [objects], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	run({ value }, { fields, isOnlyThese }) {
		return {
			value: each(value, object => {
				if (!isRecord(object)) throw failure('input', `Fields are set on an object, and ${kindOf(object)} came.`);
				return fields.reduce<Json>(
					(result, field) => withValueAt(result, field.name, asJson(field.value)),
					isOnlyThese ? {} : object,
				);
			}),
		};
	},
});

export const pickNode = defineNode({
	type: 'data.pick',
	version: 1,
	title: 'Pick',
	category: 'Data',
	icon: 'checklist',
	summary: 'Keeps or removes fields of an object',
	help: 'Keeps only the named fields of an object, or of each object of a list, or removes them. A name with dots leads inside. Fields that are not there are left out; `0`, false and null stay. Example: keep `id`, `title`, `user.login` of a list of issues.',
	aliases: ['Omit', 'Select Fields', 'Remove Fields', 'Split Out'],
	params: z.object({
		fields: texts('Fields', 'Names; `user.name` leads inside.'),
		mode: choice('Does', 'Keeps these or removes them.', ['keep', 'remove']),
		isFlat: flag('Flat', 'Names of inner fields become their last part: `user.login` gives `login`.', false, {
			isAdvanced: true,
		}),
	}),
	ports: { inputs: [{ ...objects, isRequired: true }], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	run({ value }, { fields, mode, isFlat }) {
		return {
			value: each(value, object => {
				if (!isRecord(object)) throw failure('input', `Fields are picked of an object, and ${kindOf(object)} came.`);
				if (mode === 'remove') return fields.reduce<Json>(withoutValueAt, object);
				return fields.reduce<Json>((result, path) => {
					const found = valueAt(object, path);
					if (found === undefined) return result;
					return withValueAt(result, isFlat ? (path.split('.').at(-1) ?? path) : path, found);
				}, {});
			}),
		};
	},
});
