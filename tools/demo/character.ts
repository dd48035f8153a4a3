/**
 * What kind of life each demo server leads. Every figure is synthetic; the shapes are those that
 * the capacity rules must tell apart.
 */
export interface Filesystem {
  readonly mountpoint: string;
  readonly sizeGib: number;
  /** Share in use at the end of the history. */
  readonly endRatio: number;
  /** Growth in GiB a day; negative growth does not happen, clean-ups do. */
  readonly gibPerDay: number;
  /** Everything above the floor is cleaned up each so many days; 0 for never. */
  readonly cleanedDays: number;
}

export interface Character {
  readonly name: string;
  readonly os: string;
  readonly cores: number;
  readonly memoryGib: number;
  /** CPU share at night, at the height of a working day, and at the height of a day off. */
  readonly cpu: { readonly night: number; readonly day: number; readonly dayOff: number };
  /** Hours (local) of a nightly job and the CPU share it takes; null for none. */
  readonly job: { readonly from: number; readonly to: number; readonly cpu: number } | null;
  /** Share of memory in use at the beginning and at the end. */
  readonly memory: { readonly begin: number; readonly end: number };
  readonly filesystems: readonly Filesystem[];
  /** Megabits a second: the link, and what flows at the height of the day. */
  readonly network: { readonly linkMbps: number; readonly peakMbps: number };
  /** Share of the time its disk has work at the height of the day. */
  readonly diskBusy: number;
}

const root = (sizeGib: number, endRatio: number): Filesystem => ({
  mountpoint: '/',
  sizeGib,
  endRatio,
  gibPerDay: 0.02,
  cleanedDays: 0,
});

const DEBIAN = 'Debian GNU/Linux 13 (trixie)';
const KYLIN = 'Kylin Linux Advanced Server V10';
const GIGABIT = 1_000;

export const CHARACTERS: readonly Character[] = [
  {
    name: 'demo-web-01',
    os: DEBIAN,
    cores: 8,
    memoryGib: 16,
    cpu: { night: 0.08, day: 0.46, dayOff: 0.18 },
    job: null,
    memory: { begin: 0.48, end: 0.52 },
    filesystems: [root(80, 0.41)],
    network: { linkMbps: GIGABIT, peakMbps: 180 },
    diskBusy: 0.12,
  },
  {
    name: 'demo-web-02',
    os: DEBIAN,
    cores: 8,
    memoryGib: 16,
    cpu: { night: 0.07, day: 0.42, dayOff: 0.17 },
    job: null,
    memory: { begin: 0.47, end: 0.5 },
    filesystems: [root(80, 0.4)],
    network: { linkMbps: GIGABIT, peakMbps: 165 },
    diskBusy: 0.11,
  },
  {
    // Overloaded through every working day: more cores are due.
    name: 'demo-app-01',
    os: KYLIN,
    cores: 4,
    memoryGib: 16,
    cpu: { night: 0.9, day: 0.98, dayOff: 0.93 },
    job: null,
    memory: { begin: 0.66, end: 0.7 },
    filesystems: [root(100, 0.58)],
    network: { linkMbps: GIGABIT, peakMbps: 140 },
    diskBusy: 0.3,
  },
  {
    name: 'demo-app-02',
    os: KYLIN,
    cores: 8,
    memoryGib: 32,
    cpu: { night: 0.1, day: 0.58, dayOff: 0.2 },
    job: null,
    memory: { begin: 0.55, end: 0.6 },
    filesystems: [root(100, 0.37)],
    network: { linkMbps: GIGABIT, peakMbps: 120 },
    diskBusy: 0.2,
  },
  {
    // A database: steady memory, a disk that will be full in about two months.
    name: 'demo-db-01',
    os: KYLIN,
    cores: 16,
    memoryGib: 64,
    cpu: { night: 0.15, day: 0.55, dayOff: 0.22 },
    job: { from: 2, to: 4, cpu: 0.7 },
    memory: { begin: 0.78, end: 0.8 },
    filesystems: [
      root(60, 0.35),
      {
        mountpoint: '/var/lib/database',
        sizeGib: 500,
        endRatio: 0.78,
        gibPerDay: 1.8,
        cleanedDays: 0,
      },
    ],
    network: { linkMbps: GIGABIT, peakMbps: 220 },
    diskBusy: 0.55,
  },
  {
    // Its stand-by: does nearly nothing, and must stay as large as the first.
    name: 'demo-db-02',
    os: KYLIN,
    cores: 16,
    memoryGib: 64,
    cpu: { night: 0.03, day: 0.06, dayOff: 0.04 },
    job: null,
    memory: { begin: 0.3, end: 0.31 },
    filesystems: [
      root(60, 0.33),
      {
        mountpoint: '/var/lib/database',
        sizeGib: 500,
        endRatio: 0.78,
        gibPerDay: 1.8,
        cleanedDays: 0,
      },
    ],
    network: { linkMbps: GIGABIT, peakMbps: 60 },
    diskBusy: 0.15,
  },
  {
    // Full within days.
    name: 'demo-file-01',
    os: DEBIAN,
    cores: 4,
    memoryGib: 8,
    cpu: { night: 0.04, day: 0.16, dayOff: 0.06 },
    job: null,
    memory: { begin: 0.4, end: 0.42 },
    filesystems: [
      root(40, 0.52),
      { mountpoint: '/srv/files', sizeGib: 2_000, endRatio: 0.965, gibPerDay: 14, cleanedDays: 0 },
    ],
    network: { linkMbps: GIGABIT, peakMbps: 320 },
    diskBusy: 0.35,
  },
  {
    // Busy four hours a night: an average would call it idle.
    name: 'demo-batch-01',
    os: DEBIAN,
    cores: 16,
    memoryGib: 64,
    cpu: { night: 0.02, day: 0.05, dayOff: 0.03 },
    job: { from: 1, to: 5, cpu: 0.96 },
    memory: { begin: 0.35, end: 0.38 },
    filesystems: [root(200, 0.44)],
    network: { linkMbps: GIGABIT, peakMbps: 90 },
    diskBusy: 0.1,
  },
  {
    // Memory creeps towards its end.
    name: 'demo-cache-01',
    os: DEBIAN,
    cores: 4,
    memoryGib: 32,
    cpu: { night: 0.05, day: 0.2, dayOff: 0.09 },
    job: null,
    memory: { begin: 0.82, end: 0.97 },
    filesystems: [root(40, 0.29)],
    network: { linkMbps: GIGABIT, peakMbps: 410 },
    diskBusy: 0.05,
  },
  {
    // Logs are cleaned up each week: a saw-tooth that never fills.
    name: 'demo-mail-01',
    os: DEBIAN,
    cores: 4,
    memoryGib: 8,
    cpu: { night: 0.06, day: 0.3, dayOff: 0.1 },
    job: null,
    memory: { begin: 0.58, end: 0.6 },
    filesystems: [
      root(40, 0.47),
      { mountpoint: '/var/log', sizeGib: 50, endRatio: 0.6, gibPerDay: 2.5, cleanedDays: 7 },
    ],
    network: { linkMbps: GIGABIT, peakMbps: 45 },
    diskBusy: 0.15,
  },
  {
    // Bought for a project that ended.
    name: 'demo-old-01',
    os: KYLIN,
    cores: 32,
    memoryGib: 128,
    cpu: { night: 0.006, day: 0.009, dayOff: 0.006 },
    job: null,
    memory: { begin: 0.06, end: 0.06 },
    filesystems: [root(200, 0.12)],
    network: { linkMbps: GIGABIT, peakMbps: 0.4 },
    diskBusy: 0.003,
  },
  {
    // Cameras fill its link through the day.
    name: 'demo-video-01',
    os: KYLIN,
    cores: 8,
    memoryGib: 32,
    cpu: { night: 0.2, day: 0.5, dayOff: 0.3 },
    job: null,
    memory: { begin: 0.5, end: 0.51 },
    filesystems: [
      root(60, 0.3),
      { mountpoint: '/srv/video', sizeGib: 8_000, endRatio: 0.83, gibPerDay: 96, cleanedDays: 14 },
    ],
    network: { linkMbps: GIGABIT, peakMbps: 880 },
    diskBusy: 0.6,
  },
];
