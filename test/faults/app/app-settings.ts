/** Token of the settings that the runner gave. */
export const APP_SETTINGS = 'FAULTS:SETTINGS';
