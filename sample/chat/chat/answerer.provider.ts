import { Logger } from '@nestjs/common';
import type { FactoryProvider } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ANSWERER } from './answerer.interface.js';
import type { Answerer } from './answerer.interface.js';
import { OpenAiAnswerer } from './openai.answerer.js';
import { StandInAnswerer } from './stand-in.answerer.js';

/** A model where `OPENAI_BASE_URL` names an endpoint, else the stand-in. */
export const answererProvider: FactoryProvider<Promise<Answerer>> = {
  provide: ANSWERER,
  inject: [ConfigService],
  useFactory: async (config: ConfigService): Promise<Answerer> => {
    const logger = new Logger('Answerer');
    const baseURL = config.get<string>('OPENAI_BASE_URL');
    if (!baseURL) {
      logger.log('Answers come from an offline stand-in: OPENAI_BASE_URL is not set');
      return new StandInAnswerer();
    }
    const model = config.get<string>('OPENAI_MODEL') ?? 'gpt-4o-mini';
    logger.log(`Answers come from the model ${model} of OPENAI_BASE_URL`);
    return OpenAiAnswerer.connect({ baseURL, apiKey: config.get<string>('OPENAI_API_KEY') ?? 'none', model });
  },
};
