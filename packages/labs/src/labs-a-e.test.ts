import { testLabs } from './labs.test-util.ts';

await testLabs('a', 'e');
