// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//     http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.

// Node with the cors package: server.js PORT PORT_H2 FILE.  The file is in
// memory, which is the least that Node can do.

'use strict';

const cors = require('cors');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');

const [port, portH2, path] = process.argv.slice(2);
const file = fs.readFileSync(path);

const policy = cors({
    origin: ['https://app.example.com', 'https://www.example.com',
             'https://admin.example.com'],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Requested-With'],
    exposedHeaders: ['ETag', 'Link', 'X-Request-Id'],
    maxAge: 600,
});

function serve(request, response) {
    policy(request, response, () => {
        response.setHeader('Content-Type', 'text/plain');
        response.setHeader('Content-Length', file.length);
        response.end(file);
    });
}

http.createServer(serve).listen(port, '127.0.0.1');
http2.createServer(serve).listen(portH2, '127.0.0.1');
