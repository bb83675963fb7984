import './templates.css';
import { createRoot } from 'react-dom/client';
import type { GalleryContract } from '../../core/flow/templates/galleryProtocol';
import { openPage } from '../shared/port';
import { App } from './App';
import type { Kept } from './state';

const page = openPage<GalleryContract>();
const { identity } = page.initial;
const kept = page.api.getState() as Kept | undefined;
const keep = (what: Kept): void => page.api.setState({ identity, ...what });
createRoot(page.root).render(<App client={page.client} onKeep={keep} {...(kept ? { kept } : {})} />);
