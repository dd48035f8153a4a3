/** The parts of the `ping` package that know platforms; it declares types for its front door only. */
declare module 'ping/lib/builder/factory.js' {
  interface Settings {
    numeric?: boolean;
    /** Seconds. */
    timeout?: number;
    min_reply?: number;
    v6?: boolean;
  }
  const factory: {
    createBuilder(platform: string): {
      getCommandArguments(target: string, settings: Settings): string[];
    };
  };
  export = factory;
}

declare module 'ping/lib/parser/factory.js' {
  const factory: {
    createParser(
      address: string,
      platform: string,
      settings: object,
    ): {
      eat(line: string): unknown;
      getResult(): { readonly times?: readonly number[] };
    };
  };
  export = factory;
}
