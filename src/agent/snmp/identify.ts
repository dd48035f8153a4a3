/**
 * Which profile fits a device, and why. Deciding is pure: most specific sysObjectID first, then a
 * description that had to fit as well, then the longer pattern. Probes are asked by the caller, and
 * only when nothing fits or what fits is an identity that many makers share.
 */
import { arcCount, isAtOrBelow } from './oid.ts';
import { regex } from './pick.ts';
import type { Match, Profile } from './profile-schema.ts';

export interface Identity {
  /** '' where the device does not say. */
  readonly sysObjectID: string;
  readonly sysDescr: string;
}

export interface Choice {
  readonly profile: Profile;
  /** For people: what fitted. */
  readonly reason: string;
}

export interface Candidate extends Choice {
  readonly probe: NonNullable<Match['probe']>;
}

interface Fit {
  readonly profile: Profile;
  readonly match: Match;
  /** Arcs of the sysObjectID that fitted, 0 without; length of the pattern, 0 without. */
  readonly arcs: number;
  readonly pattern: number;
  readonly reason: string;
}

type Conditions = Pick<Match, 'sysObjectID' | 'sysDescr'>;

const longest = (found: readonly string[]): string =>
  found.reduce((best, one) => (one.length > best.length ? one : best), '');

function fitting({ sysObjectID, sysDescr }: Conditions, identity: Identity) {
  const oid = longest((sysObjectID ?? []).filter((o) => isAtOrBelow(identity.sysObjectID, o)));
  const text = longest((sysDescr ?? []).filter((p) => regex(p).test(identity.sysDescr)));
  return { oid, text };
}

function fitOf(profile: Profile, match: Match, identity: Identity): Fit | null {
  const { oid, text } = fitting(match, identity);
  if (match.sysObjectID !== undefined && oid === '') return null;
  if (match.sysDescr !== undefined && text === '') return null;
  if (match.exclude !== undefined) {
    const out = fitting(match.exclude, identity);
    if (out.oid !== '' || out.text !== '') return null;
  }
  const reasons = [
    ...(oid === '' ? [] : [`sysObjectID ${identity.sysObjectID} is at or below ${oid}`]),
    ...(text === '' ? [] : [`sysDescr matches /${text}/`]),
  ];
  const reason = reasons.join(' and ');
  return { profile, match, arcs: arcCount(oid), pattern: text.length, reason };
}

const bySpecificity = (a: Fit, b: Fit): number =>
  b.arcs - a.arcs ||
  Number(b.pattern > 0) - Number(a.pattern > 0) ||
  b.pattern - a.pattern ||
  (a.profile.id < b.profile.id ? -1 : 1);

function fits(profiles: readonly Profile[], identity: Identity, isProbed: boolean): Fit[] {
  return profiles
    .flatMap((profile) =>
      (profile.match ?? [])
        .filter(({ probe }) => (probe !== undefined) === isProbed)
        .flatMap((match) => fitOf(profile, match, identity) ?? []),
    )
    .toSorted(bySpecificity);
}

/** What the first stage says; null: nothing fits. */
export function firstStage(profiles: readonly Profile[], identity: Identity): Choice | null {
  const [best] = fits(profiles, identity, false);
  return best === undefined ? null : { profile: best.profile, reason: best.reason };
}

/** Profiles whose probes are worth asking, the most specific first; none when the first stage is sure. */
export function secondStage(
  profiles: readonly Profile[],
  identity: Identity,
  first: Choice | null,
): readonly Candidate[] {
  if (first !== null && first.profile.weak !== true) return [];
  return fits(profiles, identity, true).map(({ profile, match, reason }) => ({
    profile,
    reason,
    probe: match.probe ?? [],
  }));
}

/** `answers`: text by OID; absent where the device has no such instance. */
export function probed(
  candidates: readonly Candidate[],
  answers: ReadonlyMap<string, string>,
): Choice | null {
  for (const { profile, reason, probe } of candidates) {
    const isFit = probe.every(({ oid, matches }) => {
      const text = answers.get(oid);
      return text !== undefined && (matches === undefined || regex(matches).test(text));
    });
    if (!isFit) continue;
    const why = `${probe.map(({ oid }) => oid).join(' and ')} answers`;
    return { profile, reason: reason === '' ? why : `${reason} and ${why}` };
  }
  return null;
}

export const GENERIC = 'generic';

/** Also without a profile of that name: the system group and the interfaces are read of anything. */
const BARE: Profile = Object.freeze({ id: GENERIC, title: 'Any SNMP device' });

export function genericProfile(profiles: readonly Profile[]): Profile {
  return profiles.find(({ id }) => id === GENERIC) ?? BARE;
}

export function categoryOf({ category }: Profile, identity: Identity): string {
  if (category === undefined || typeof category === 'string') return category ?? '';
  const found = category.find((one) => {
    const { oid, text } = fitting(one, identity);
    const isOid = one.sysObjectID === undefined || oid !== '';
    return isOid && (one.sysDescr === undefined || text !== '');
  });
  return found?.is ?? '';
}
