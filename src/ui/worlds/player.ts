/** What a visitor who plays needs. */
export interface Player {
  /** Actions that do something now. */
  readonly actions: readonly string[];
  readonly onAct: (action: string) => void;
  /** Something was chosen whose actions are wanted. */
  readonly onChooseThing: (name: string) => void;
}
