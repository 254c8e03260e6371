import { Dialog } from "../components/Dialog.tsx";
import controls from "../components/controls.module.css";
import { usePage } from "../store/store.ts";
import styles from "./HelpDialog.module.css";

const KEYS: readonly (readonly [string, string])[] = [
  ["Space", "train, or pause after this iteration"],
  ["S", "one iteration, then pause"],
  ["R", "reset with the same seed"],
  ["→", "next turn of the rollout on show"],
  ["←", "turn back"],
  ["?", "this help"],
];

const WORDS: readonly (readonly [string, string])[] = [
  ["Rollout", "One episode of the policy in the text world, from the task to the end."],
  ["Return", "The points of a rollout; 100 is success. A wrong focus ends at −100 in the real worlds."],
  ["Tip", "One line that the policy writes after an episode. EMPO² shows stored tips to some later rollouts."],
  ["Advantage", "How much better a rollout was than its group: what it is learned from."],
  [
    "Importance ratio",
    "New probability of a word divided by the old one; it is clipped, so that no step is too large.",
  ],
  ["Off-policy", "Rolled out with tips, learned as if there had been none: so what a tip taught stays without it."],
];

/** What the page shows, its words and its keys. */
export function HelpDialog() {
  const isOpen = usePage((state) => state.isHelpOpen);
  const close = () => usePage.setState({ isHelpOpen: false });
  return (
    <Dialog title="What you see" closeLabel="Close the help" isOpen={isOpen} onClose={close}>
      <p>
        A tiny language policy acts in text worlds and learns from its points. <b>GRPO</b> learns from the rollouts as
        they come. <b>EMPO²</b> also writes tips, reads them in some rollouts, and learns to do without them. From left
        to right: the world, the memory, what the policy would write, what is learned, and the result.
      </p>
      <p>
        <b>Play it yourself</b> gives you the same world and the same commands. Under <b>Views</b>: all <b>tasks</b> of
        both worlds and how hard they are; the recorded <b>results</b> beside the paper’s, with a <b>map</b> over p and
        q; a <b>race</b> of methods over several seeds; and your policy, frozen, on a <b>new task</b> with its memory
        alone.
      </p>
      <dl className={styles.keys}>
        {WORDS.map(([word, meaning]) => (
          <WordRow key={word} word={word} meaning={meaning} />
        ))}
      </dl>
      <h3>Keys</h3>
      <dl className={styles.keys}>
        {KEYS.map(([key, meaning]) => (
          <KeyRow key={key} name={key} meaning={meaning} />
        ))}
      </dl>
      <p className={controls.note}>
        Everything happens in this browser: nothing is sent anywhere. Runs are stored here after every iteration and go
        on after a reload. Paper: EMPO², arXiv 2602.23008.
      </p>
    </Dialog>
  );
}

function WordRow({ word, meaning }: { readonly word: string; readonly meaning: string }) {
  return (
    <>
      <dt>{word}</dt>
      <dd>{meaning}</dd>
    </>
  );
}

function KeyRow({ name, meaning }: { readonly name: string; readonly meaning: string }) {
  return (
    <>
      <dt>
        <kbd>{name}</kbd>
      </dt>
      <dd>{meaning}</dd>
    </>
  );
}
