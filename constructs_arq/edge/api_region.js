import cf from 'cloudfront';

// The key exists only while the standby serves. A store that cannot be read must not stop requests.
async function handler(event) {
    try {
        if ((await cf.kvs().get('api-region')) === 'standby') {
            cf.selectRequestOriginById('api-standby');
        }
    } catch (error) {
        // The origin of the behavior serves.
    }
    return event.request;
}
