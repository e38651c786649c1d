/** The process in which an actor's function runs (actor.mjs): `stage.mjs MODULE FUNCTION`, told what to do by messages. */
const [url, name] = process.argv.slice(2);
let methods = {};

process.on('message', ({ id, method, args, input }) => {
  perform(method, args, input).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.stack ?? String(error) }),
  );
});
// The lab is gone: so is its stage.
process.on('disconnect', () => process.exit());

async function perform(method, args, input) {
  if (method !== undefined) return methods[method](...args);
  const module = await import(url);
  const returned = await module[name](input);
  const isMethods = typeof returned === 'object' && returned !== null && Object.values(returned).some(isFunction);
  if (!isMethods) return returned;
  methods = returned;
  return null;
}

function isFunction(value) {
  return typeof value === 'function';
}
