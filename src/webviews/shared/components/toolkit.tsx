// The one file that knows the webview toolkit. Its authors stopped maintaining it: replacing it touches only this file.
import {
	provideVSCodeDesignSystem,
	vsCodeButton,
	vsCodeProgressRing,
	vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import {
	useEffect,
	useRef,
	type ComponentType,
	type FormEvent,
	type HTMLAttributes,
	type KeyboardEvent,
	type ReactElement,
	type ReactNode,
	type Ref,
	type RefObject,
} from 'react';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing(), vsCodeTextField());

type ElementProps = HTMLAttributes<HTMLElement> & {
	readonly ref?: Ref<HTMLElement> | undefined;
	readonly [property: string]: unknown;
};

/** React knows custom elements by their tag; the compiler needs to be told. */
const element = (tag: string): ComponentType<ElementProps> => tag as unknown as ComponentType<ElementProps>;
const ButtonElement = element('vscode-button');
const ProgressRingElement = element('vscode-progress-ring');
const TextFieldElement = element('vscode-text-field');

export interface ButtonProps {
	readonly children: ReactNode;
	readonly onClick: () => void;
	readonly appearance?: 'primary' | 'secondary';
	readonly isDisabled?: boolean;
	readonly title?: string;
	readonly className?: string;
}

/** A button with words on it. */
export function Button({
	children,
	onClick,
	appearance = 'secondary',
	isDisabled = false,
	title,
	className,
}: ButtonProps): ReactElement {
	return (
		<ButtonElement
			appearance={appearance}
			disabled={isDisabled}
			title={title}
			className={className}
			onClick={() => {
				if (!isDisabled) onClick();
			}}
		>
			{children}
		</ButtonElement>
	);
}

export interface TextFieldProps {
	readonly label: string;
	readonly value: string;
	readonly onInput: (value: string) => void;
	readonly placeholder?: string;
	readonly onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
	readonly onBlur?: () => void;
	readonly isFocused?: boolean;
	readonly className?: string;
}

/** One line of text. `label` is for screen readers. */
export function TextField(props: TextFieldProps): ReactElement {
	const { label, value, onInput, placeholder, onKeyDown, onBlur, isFocused = false, className } = props;
	const field = useNamed(label);
	useEffect(() => {
		// The toolkit builds its inner input a moment after it is attached; before that there is nothing to focus.
		if (isFocused) requestAnimationFrame(() => field.current?.focus());
	}, [field, isFocused]);
	return (
		<TextFieldElement
			ref={field}
			value={value}
			placeholder={placeholder}
			className={className}
			onInput={(event: FormEvent<HTMLElement>) =>
				onInput((event.currentTarget as HTMLElement & { value: string }).value)
			}
			onKeyDown={onKeyDown}
			onBlur={onBlur}
		/>
	);
}

/** Something is under way. */
export function ProgressRing({ label }: { readonly label: string }): ReactElement {
	return <ProgressRingElement ref={useNamed(label)} />;
}

/** When they are attached, the toolkit's elements put a name of their own (`Text field`) over the one they were given. */
function useNamed(label: string): RefObject<HTMLElement | null> {
	const element = useRef<HTMLElement>(null);
	useEffect(() => element.current?.setAttribute('aria-label', label), [label]);
	return element;
}
