// The texts of this part come with it: few ever see it, and those who do see it in one language or the other.
import { catalogue } from '../texts';
import { de } from './words_de';
import { en, type OwnerTexts } from './words_en';

export const words = (): OwnerTexts => (catalogue.value === 'de' ? de : en);
