/// <reference path="../../../record.d.ts" />
// What was typed and is not at the server yet, in this browser: IndexedDB, which a killed browser does not lose, unlike
// localStorage. Bound to the member of staff who typed it; empty again as soon as the server has everything.

const NAME = "hilo-record";
const DRAFTS = "drafts";
const LISTS = "lists";
const LOCK = "hilo-record:";

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function database() {
  opening ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(DRAFTS, { keyPath: "key" });
      request.result.createObjectStore(LISTS);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = null));
  return opening;
}

/**
 * One transaction; resolves when it is on the disk, as far as the browser can tell.
 * @template Result
 * @param {string} store @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<Result>} act
 * @returns {Promise<Result>}
 */
async function step(store, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error || request.error);
  });
}

/** @returns {Promise<RecordDraft[]>} */
function all() {
  return step(DRAFTS, "readonly", (store) => store.getAll());
}

/** @implements {RecordKeeper} */
export class Keeper {
  /** Holds a lock for as long as this page lives, so that no other page takes its drafts for lost. @param {string} client */
  constructor(client) {
    this.release = () => {};
    void navigator.locks?.request(LOCK + client, () => new Promise((resolve) => (this.release = () => resolve(undefined))));
  }

  /** The page is done with it: what it may have left is for others. */
  close() {
    this.release();
  }

  /** @param {string} member @param {string} consultation */
  async dead(member, consultation) {
    const found = (await all()).filter((draft) => draft.member === member && draft.consultation === consultation);
    const living = new Set(((await navigator.locks?.query())?.held || []).map(({ name }) => name));
    return found.filter(({ client }) => !living.has(LOCK + client)).sort((a, b) => b.atMs - a.atMs);
  }

  /** @param {RecordDraft} draft @returns {Promise<void>} */
  async put(draft) {
    await step(DRAFTS, "readwrite", (store) => store.put(draft));
  }

  /** @param {string} key @returns {Promise<void>} */
  async remove(key) {
    await step(DRAFTS, "readwrite", (store) => store.delete(key));
  }
}

/** Consultations of which something is only in this browser. @param {string} member @returns {Promise<string[]>} */
export async function unsent(member) {
  const drafts = (await all().catch(() => [])).filter((draft) => draft.member === member);
  return [...new Set(drafts.map(({ consultation }) => consultation))];
}

/** At signing out: nothing clinical stays in this browser. @param {string} member @returns {Promise<void>} */
export async function forget(member) {
  for (const draft of await all().catch(() => [])) if (draft.member === member) await step(DRAFTS, "readwrite", (store) => store.delete(draft.key));
}

/** A list that is not about anybody. @param {string} name @returns {Promise<any>} undefined: there is none */
export async function keptList(name) {
  return step(LISTS, "readonly", (store) => store.get(name)).catch(() => undefined);
}

/** @param {string} name @param {unknown} list @returns {Promise<void>} */
export async function keepList(name, list) {
  await step(LISTS, "readwrite", (store) => store.put(list, name)).catch(() => undefined);
}
