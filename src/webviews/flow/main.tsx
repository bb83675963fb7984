import 'reactflow/dist/base.css';
import '../shared/forms/forms.css';
import './canvas.css';
import './flow.css';
import { createRoot } from 'react-dom/client';
import type { FlowEditorContract } from '../../core/flow/editorProtocol';
import { openPage } from '../shared/port';
import { App } from './App';
import { Editor } from './state/editor';

const page = openPage<FlowEditorContract>();
const editor = new Editor(page.client, page.api.getState());
createRoot(page.root).render(<App editor={editor} api={page.api} />);
