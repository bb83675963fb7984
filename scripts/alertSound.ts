// node scripts/alertSound.ts: writes media/alert.wav, the sound of an alert. A test fails while it is out of date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertWave } from './lib/alertWave.ts';
import { root } from './lib/tools.ts';

writeFileSync(join(root, 'media', 'alert.wav'), alertWave());
