self.onmessage = event => self.postMessage(event.data.reduce((sum, each) => sum + each, 0))
