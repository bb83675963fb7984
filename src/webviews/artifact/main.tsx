import './artifact.css';
import { createRoot } from 'react-dom/client';
import type { ArtifactPageContract } from '../../core/artifacts/artifactPage';
import { openPage } from '../shared/port';
import { App } from './App';

const page = openPage<ArtifactPageContract>();
const { identity } = page.initial;
if (typeof identity !== 'string') throw new Error('The page was not told which artifact it shows');
createRoot(page.root).render(<App identity={identity} client={page.client} api={page.api} />);
