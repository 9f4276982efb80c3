import type { World } from '../topologies/world.js';
import type { Finding } from './checks.js';

const NOTES = new WeakMap<World, Finding[]>();

/** Keeps what was found in the middle of a cell up to the row's check at the end. */
export function note(world: World, finding: Finding): void {
  NOTES.set(world, [...notesOf(world), finding]);
}

export function notesOf(world: World): readonly Finding[] {
  return NOTES.get(world) ?? [];
}
