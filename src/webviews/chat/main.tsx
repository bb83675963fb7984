import '../shared/theme.css';
import './chat.css';
import { createRoot } from 'react-dom/client';
import { asId, type ConversationId } from '../../core/base/ids';
import type { ChatContract } from '../../core/chat/protocol';
import { openPage } from '../shared/port';
import { App } from './App';
import { SavedState } from './savedState';

const { root, api, client, initial } = openPage<ChatContract>();
const wanted = typeof initial['conversation'] === 'string' ? asId<ConversationId>(initial['conversation']) : null;
createRoot(root).render(<App client={client} saved={new SavedState(api)} wanted={wanted} />);
