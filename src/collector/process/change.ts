/** A change or release (R21, R22). */
import type { Selector } from '../../shared/selector.ts';

export type ChangeState =
  | 'requested'
  | 'assessed'
  | 'approved'
  | 'announced'
  | 'implementing'
  | 'implemented'
  | 'verified'
  | 'rolled_back'
  | 'closed'
  | 'rejected'
  | 'withdrawn';

export type ChangeStepKind =
  | 'assess'
  | 'approve'
  | 'reject'
  | 'announce'
  | 'start'
  | 'finish'
  | 'roll_back'
  | 'verify'
  | 'close'
  | 'withdraw'
  | 'fault';

export type Risk = 'low' | 'medium' | 'high';
export type ChangeKind = 'change' | 'release' | 'emergency';

export interface Change {
  /** `C-000012` */
  readonly id: string;
  readonly state: ChangeState;
  readonly kind: ChangeKind;
  readonly title: string;
  readonly content: string;
  readonly purpose: string;
  readonly scope: Selector;
  readonly risk: Risk;
  readonly riskText: string;
  readonly rollback: string;
  readonly verification: string;
  readonly plannedFromMs: number;
  readonly plannedToMs: number;
  readonly by: string;
  readonly requestedMs: number;
  readonly approvers: readonly string[];
  readonly announcement: string;
  readonly announcedMs: number | null;
  /** Its maintenance window; '' before it is announced. */
  readonly window: string;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  readonly result: '' | 'success' | 'partial' | 'failed';
  readonly closedMs: number | null;
  readonly version: number;
}
