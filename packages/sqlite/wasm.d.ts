declare module '@sqlite.org/sqlite-wasm/sqlite3.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
