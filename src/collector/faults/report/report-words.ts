/** The words of the fault report in both languages. */
import type {
  ClockName,
  FaultClock,
  FaultLink,
  FaultOrigin,
  FaultState,
  Impact,
  LedgerKind,
} from '../fault.ts';
import type { Correction, ReportForm } from '../faults.ts';
import { EN_KINDS, ZH_KINDS } from './kind-words.ts';

export interface Words {
  readonly language: 'en' | 'zh';
  readonly title: string;
  readonly summary: string;
  readonly number: string;
  readonly level: string;
  readonly state: string;
  readonly device: string;
  readonly phenomenon: string;
  readonly origin: string;
  readonly weight: string;
  readonly policy: string;
  readonly owner: string;
  readonly times: string;
  readonly began: string;
  readonly opened: string;
  readonly responded: string;
  readonly arrived: string;
  readonly repaired: string;
  readonly recovered: string;
  readonly verified: string;
  readonly closed: string;
  readonly lasted: string;
  readonly goesOn: string;
  readonly hours: string;
  readonly minutes: string;
  readonly scope: string;
  readonly devices: string;
  readonly systems: string;
  readonly symptoms: string;
  readonly explanation: string;
  readonly causeClass: string;
  readonly cause: string;
  readonly measures: string;
  readonly result: string;
  readonly process: string;
  readonly system: string;
  readonly happened: string;
  readonly belongings: string;
  readonly linked: string;
  readonly excluded: string;
  /** What a correction may move. */
  readonly moments: Readonly<Record<Exclude<keyof Correction, 'excluded'>, string>>;
  readonly zone: string;
  readonly clockHeader: readonly string[];
  readonly pauseHeader: readonly string[];
  readonly processHeader: readonly string[];
  readonly fileHeader: readonly string[];
  readonly signatures: readonly string[];
  readonly states: Readonly<Record<FaultState, string>>;
  readonly origins: Readonly<Record<FaultOrigin, string>>;
  readonly weights: Readonly<Record<Impact, string>>;
  readonly clocks: Readonly<Record<ClockName, string>>;
  readonly clockStates: Readonly<Record<FaultClock['state'], string>>;
  readonly pauseReasons: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<FaultLink['how'], string>>;
  readonly kinds: Readonly<Record<LedgerKind, string>>;
}

const EN: Words = {
  language: 'en',
  title: 'Fault report',
  summary: 'Summary',
  number: 'Number',
  level: 'Level',
  state: 'State',
  device: 'Device',
  phenomenon: 'Phenomenon',
  origin: 'Noticed by',
  weight: 'Urgency / impact',
  policy: 'Level policy',
  owner: 'Handled by',
  times: 'Times',
  began: 'Began',
  opened: 'Known',
  responded: 'Responded',
  arrived: 'On site',
  repaired: 'Repaired',
  recovered: 'Recovered',
  verified: 'Verified',
  closed: 'Closed',
  lasted: 'Lasted',
  goesOn: 'goes on',
  hours: 'h',
  minutes: 'min',
  scope: 'Scope of impact',
  devices: 'Devices',
  systems: 'Business systems',
  symptoms: 'Suppressed symptoms',
  explanation: 'Cause, measures, result',
  causeClass: 'Cause class',
  cause: 'Cause',
  measures: 'Measures',
  result: 'Result',
  process: 'Handling',
  system: 'system',
  happened: 'happened at',
  belongings: 'Links and attachments',
  linked: 'Linked faults',
  excluded: 'not counted',
  moments: {
    ...{ beganMs: 'began', startMs: 'clocks since', respondedMs: 'responded' },
    ...{ arrivedMs: 'on site', repairedMs: 'repaired' },
  },
  zone: 'All times in',
  clockHeader: ['Clock', 'Since', 'Limit', 'Deadline', 'Done', 'Outcome'],
  pauseHeader: ['Paused from', 'to', 'Reason', 'By', 'Note'],
  processHeader: ['Time', 'Step', 'By', 'Note'],
  fileHeader: ['File', 'Type', 'Bytes', 'SHA-256'],
  signatures: ['Prepared by', 'Reviewed by', 'Date'],
  states: {
    open: 'open',
    suppressed: 'suppressed',
    responded: 'responded',
    arrived: 'on site',
    repaired: 'repaired',
    recovered: 'recovered',
    verified: 'verified',
    closed: 'closed',
  },
  origins: {
    threshold: 'monitoring',
    person: 'a person',
    trap: 'a device (trap)',
    inbound: 'another system',
    self: 'self-monitoring',
  },
  weights: { high: 'high', medium: 'medium', low: 'low' },
  clocks: { respond: 'Respond', arrive: 'On site', repair: 'Repair' },
  clockStates: {
    none: 'no limit',
    waiting: 'not begun',
    running: 'running',
    paused: 'paused',
    met: 'met',
    missed: 'missed',
  },
  pauseReasons: {
    force_majeure: 'force majeure',
    waiting_for_user: 'waiting for the user',
    waiting_for_parts: 'waiting for parts',
    agreed: 'agreed',
  },
  links: { related: 'related', cause: 'its cause', merged: 'merged', split: 'split' },
  kinds: EN_KINDS,
};

const ZH: Words = {
  language: 'zh',
  title: '故障报告',
  summary: '概要',
  number: '故障编号',
  level: '故障级别',
  state: '当前状态',
  device: '设备',
  phenomenon: '故障现象',
  origin: '发现方式',
  weight: '紧急程度 / 影响程度',
  policy: '级别策略',
  owner: '处理人',
  times: '时间',
  began: '发生时间',
  opened: '发现时间',
  responded: '响应时间',
  arrived: '到场时间',
  repaired: '修复时间',
  recovered: '恢复时间',
  verified: '验证时间',
  closed: '关闭时间',
  lasted: '持续时长',
  goesOn: '尚未结束',
  hours: '小时',
  minutes: '分钟',
  scope: '影响范围',
  devices: '涉及设备',
  systems: '涉及业务系统',
  symptoms: '被抑制的关联故障数',
  explanation: '原因、措施与结果',
  causeClass: '原因分类',
  cause: '故障原因',
  measures: '处理措施',
  result: '处理结果',
  process: '处理过程',
  system: '系统',
  happened: '实际时间',
  belongings: '关联与附件',
  linked: '关联故障',
  excluded: '不计时段',
  moments: {
    ...{ beganMs: '发生时间', startMs: '计时开始', respondedMs: '响应时间' },
    ...{ arrivedMs: '到场时间', repairedMs: '修复时间' },
  },
  zone: '时区',
  clockHeader: ['时限', '开始', '要求', '截止时间', '完成时间', '结论'],
  pauseHeader: ['暂停开始', '结束', '原因', '操作人', '说明'],
  processHeader: ['时间', '步骤', '操作人', '说明'],
  fileHeader: ['文件', '类型', '字节', 'SHA-256'],
  signatures: ['编制人', '审核人', '日期'],
  states: {
    open: '待响应',
    suppressed: '已抑制',
    responded: '已响应',
    arrived: '已到场',
    repaired: '已修复',
    recovered: '已恢复',
    verified: '已验证',
    closed: '已关闭',
  },
  origins: {
    threshold: '监控发现',
    person: '人工报障',
    trap: '设备告警(Trap)',
    inbound: '外部系统告警',
    self: '自身监控',
  },
  weights: { high: '高', medium: '中', low: '低' },
  clocks: { respond: '响应', arrive: '到场', repair: '修复' },
  clockStates: {
    none: '无时限',
    waiting: '未开始',
    running: '计时中',
    paused: '已暂停',
    met: '达标',
    missed: '超时',
  },
  pauseReasons: {
    force_majeure: '不可抗力',
    waiting_for_user: '等待用户',
    waiting_for_parts: '等待备件',
    agreed: '双方约定',
  },
  links: { related: '相关', cause: '原因', merged: '合并', split: '拆分' },
  kinds: ZH_KINDS,
};

export function wordsOf(locale: ReportForm['locale']): Words {
  return locale === 'zh-CN' ? ZH : EN;
}
