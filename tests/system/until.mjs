// Waiting for a condition with a deadline: the only way the system tests wait.

// Sanitized builds are slow: TINYCHAT_SLOW stretches every deadline, never what is asserted.
export const slow = Number(process.env.TINYCHAT_SLOW ?? 1);

export const deadline = (ms) => ms * slow;

// Resolves with the first true value of `predicate` (which may be async); rejects after `ms`.
// `what` finishes the sentence "expected …"; a function is called when the deadline has passed.
// `wake`, if given, is a Set: the functions in it are called when the predicate is worth another look.
export async function until(predicate, ms, what, wake) {
  const end = performance.now() + deadline(ms);
  for (;;) {
    const value = await predicate();
    if (value) return value;
    if (performance.now() >= end) {
      throw new Error(`expected ${typeof what === 'function' ? what() : what} within ${deadline(ms)} ms`);
    }
    await new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        wake?.delete(go);
        resolve();
      };
      const timer = setTimeout(go, wake ? 50 : 5);
      wake?.add(go);
    });
  }
}

export function notify(wake) {
  for (const go of [...wake]) go();
}
