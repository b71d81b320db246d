/**
 * The part of cli-progress 3 that we use; it ships no types of its own.
 *
 * @module
 */
declare module "cli-progress" {
  interface SingleBarOptions {
    readonly stream: NodeJS.WritableStream;
    readonly clearOnComplete: boolean;
    readonly hideCursor: boolean;
    /** False turns the terminal's own wrapping off while the bar stands. */
    readonly linewrap: boolean;
    /** Restores the cursor on SIGINT by a handler of its own, which also ends the process. */
    readonly gracefulExit: boolean;
    readonly format: () => string;
  }
  export class SingleBar {
    constructor(options: SingleBarOptions);
    start(total: number, done: number): void;
    update(done: number): void;
    stop(): void;
  }
}
