import cf from 'cloudfront';

// The key exists only while the standby serves. Requests that read may go to the own origin if the store can't be read.
// Others must not: the own region can have an old database that takes writes, too.
async function handler(event) {
    const request = event.request;
    try {
        const store = cf.kvs();
        if ((await store.exists('api-region')) && (await store.get('api-region')) === 'standby') {
            cf.selectRequestOriginById('api-standby');
        }
    } catch (error) {
        if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
            return { statusCode: 503, headers: { 'retry-after': { value: '5' } } };
        }
    }
    return request;
}
