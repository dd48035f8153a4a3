/** The words of the overview in both languages. */
export interface Words {
  readonly language: 'zh-CN' | 'en';
  readonly title: string;
  readonly ready: string;
  readonly notReady: string;
  readonly otherLanguage: string;
  readonly openFaults: string;
  readonly noFaults: string;
  readonly devices: string;
  readonly noDevices: string;
  readonly level: string;
  readonly id: string;
  readonly device: string;
  readonly phenomenon: string;
  readonly since: string;
  readonly state: string;
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
  readonly newest: string;
  readonly reports: string;
  readonly capacityReport: string;
  readonly thisMonth: string;
  readonly lastMonth: string;
  readonly series: string;
  readonly stored: string;
  readonly freeDisk: string;
  readonly demo: string;
  readonly imported: string;
  readonly retired: string;
  readonly nothing: string;
  readonly previous: string;
  readonly next: string;
  readonly states: Readonly<Record<string, string>>;
  readonly ago: (seconds: number) => string;
}

const EN: Words = Object.freeze({
  language: 'en',
  title: 'Watchkeeper',
  ready: 'on watch',
  notReady: 'not ready',
  otherLanguage: '中文',
  openFaults: 'Open faults',
  noFaults: 'No open faults.',
  devices: 'Devices',
  noDevices: 'No device has sent anything yet. Start an agent, or: npm run demo',
  level: 'Level',
  id: 'Number',
  device: 'Device',
  phenomenon: 'Phenomenon',
  since: 'Since',
  state: 'State',
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Fullest disk',
  newest: 'Newest data',
  reports: 'Reports',
  capacityReport: 'Monthly capacity report',
  thisMonth: 'this month',
  lastMonth: 'last month',
  series: 'Series',
  stored: 'Samples since start',
  freeDisk: 'Free for data',
  demo: 'demo',
  imported: 'imported',
  retired: 'retired',
  nothing: '–',
  previous: 'previous',
  next: 'next',
  states: {
    open: 'open',
    responded: 'responded',
    arrived: 'on site',
    repaired: 'repaired',
  },
  ago: (seconds: number) => agoIn(seconds, ['s', 'min', 'h', 'd'], ' ago'),
});

const ZH: Words = Object.freeze({
  language: 'zh-CN',
  title: '值守',
  ready: '值守中',
  notReady: '未就绪',
  otherLanguage: 'English',
  openFaults: '未恢复故障',
  noFaults: '当前没有故障。',
  devices: '设备',
  noDevices: '尚无设备上报数据。请启动采集代理，或运行：npm run demo',
  level: '级别',
  id: '编号',
  device: '设备',
  phenomenon: '故障现象',
  since: '开始时间',
  state: '状态',
  cpu: 'CPU',
  memory: '内存',
  disk: '最满磁盘',
  newest: '最新数据',
  reports: '报告',
  capacityReport: '月度容量报告',
  thisMonth: '本月',
  lastMonth: '上月',
  series: '序列数',
  stored: '启动以来样本数',
  freeDisk: '数据盘剩余',
  demo: '演示',
  imported: '导入',
  retired: '停用',
  nothing: '–',
  previous: '上一页',
  next: '下一页',
  states: { open: '未处理', responded: '已响应', arrived: '已到场', repaired: '已修复' },
  ago: (seconds: number) => agoIn(seconds, [' 秒', ' 分钟', ' 小时', ' 天'], '前'),
});

/** In the largest unit that gives at least 2. */
function agoIn(seconds: number, units: readonly string[], after: string): string {
  const steps = [1, 60, 3_600, 86_400];
  let at = 0;
  while (at < 3 && seconds >= 2 * (steps[at + 1] ?? 1)) at++;
  return `${Math.floor(Math.max(0, seconds) / (steps[at] ?? 1))}${units[at] ?? ''}${after}`;
}

/** The first language of the header that we speak; `fallback` when it names none. */
export function chooseWords(
  asked: string | undefined,
  acceptLanguage: string | undefined,
  fallback: 'zh-CN' | 'en',
): Words {
  const wanted = asked === undefined ? (acceptLanguage ?? '').split(',') : [asked];
  const ranked = wanted
    .map((part) => {
      const [tag = '', quality] = part.trim().split(';q=');
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of ranked) {
    if (tag.startsWith('zh')) return ZH;
    if (tag.startsWith('en')) return EN;
  }
  return fallback === 'en' ? EN : ZH;
}
