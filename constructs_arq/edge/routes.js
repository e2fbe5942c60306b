// A single-page application's routes are not files: each is served the page that knows them. A route may have dots,
// as in /users/jane.doe, so only the endings of a site's files make a path a file. Below /.well-known/, all are files.
const FILE = /\.(avif|css|csv|gif|gz|html?|ico|jpe?g|js|json|map|mjs|mp3|mp4|ogg|otf|pdf|png|svg|ttf|txt|wasm|wav|webm|webmanifest|webp|woff2?|xml|zip)$/i;

function handler(event) {
  const request = event.request;
  if (!FILE.test(request.uri) && !request.uri.startsWith('/.well-known/')) {
    request.uri = '/index.html';
  }
  return request;
}
