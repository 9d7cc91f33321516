// What the bundler makes of files that are not code: their address.
declare module "*.min.js" {
  const url: string;
  export default url;
}
