import './chat.css';
import { createRoot } from 'react-dom/client';
import { asId, type ConversationId } from '../../core/base/ids';
import type { ChatContract } from '../../core/chat/protocol';
import { openPage } from '../shared/port';
import { App } from './App';
import { SavedState } from './savedState';

const { root, api, client, initial } = openPage<ChatContract>();
// A tab is made for one conversation, its identity; the view in the side bar shows what was shown last.
const identity = initial['identity'];
const wanted = typeof identity === 'string' ? asId<ConversationId>(identity) : null;
const saved = new SavedState(api, wanted === null ? 'sidebar' : 'tab');
createRoot(root).render(<App client={client} saved={saved} wanted={wanted} />);
