/** Templates are checked before they are used: a field that nobody fills is a mistake. Pure. */
import Mustache from 'mustache';
import { messageOf } from '../../shared/errors.ts';

/** What a template may name: a text, a yes or no (section only), or a list with its own fields. */
export interface Fields {
  readonly [name: string]: 'text' | 'flag' | Fields;
}

export interface TemplateProblem {
  readonly line: number;
  readonly reason: string;
}

type Token = readonly [string, string, number, number, (readonly Token[])?, number?];

export function templateProblems(text: string, fields: Fields): readonly TemplateProblem[] {
  let tokens: readonly Token[];
  try {
    tokens = Mustache.parse(text) as unknown as readonly Token[];
  } catch (error) {
    const message = messageOf(error);
    const at = Number(/ at (\d+)$/.exec(message)?.[1] ?? text.length);
    return [{ line: lineOf(text, at), reason: message.replace(/ at \d+$/, '') }];
  }
  return problemsIn(tokens, { text, scope: [fields] });
}

interface Place {
  readonly text: string;
  /** Innermost first. */
  readonly scope: readonly Fields[];
}

function problemsIn(tokens: readonly Token[], place: Place): readonly TemplateProblem[] {
  return tokens.flatMap((token): readonly TemplateProblem[] => {
    const [type, name, start, , children] = token;
    const line = lineOf(place.text, start);
    if (type === 'text' || type === '!') return [];
    if (type === '>' || type === '=') {
      return [
        { line, reason: `${type} is not supported: templates hold fields and sections only` },
      ];
    }
    if (type === '&')
      return [{ line, reason: `{{{${name}}}} would be unescaped: write {{${name}}}` }];
    const found = place.scope.find((fields) => Object.hasOwn(fields, name))?.[name];
    if (found === undefined) return [{ line, reason: unknownField(name, place.scope) }];
    if (type === 'name') {
      return found === 'text'
        ? []
        : [{ line, reason: `"${name}" is no text: use it as {{#${name}}}` }];
    }
    const inner = typeof found === 'object' && type === '#' ? [found, ...place.scope] : place.scope;
    return problemsIn(children ?? [], { ...place, scope: inner });
  });
}

function unknownField(name: string, scope: readonly Fields[]): string {
  const known = [...new Set(scope.flatMap((fields) => Object.keys(fields)))].toSorted();
  return `unknown field "${name}": there are ${known.join(', ')}`;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
