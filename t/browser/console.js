'use strict';
// Why a request was blocked, as the browser's console has it.

// Firefox tells scripts' own messages alone through WebDriver; these are
// to be had of its user interface's process.
async function ofFirefox(page) {
    const { connection } = page.browser();
    const tree = await connection.send('browsingContext.getTree',
        { 'moz:scope': 'chrome' });
    const answer = await connection.send('script.evaluate', {
        target: { context: tree.result.contexts[0].context },
        awaitPromise: false,
        expression: `JSON.stringify(Services.console.getMessageArray()
            .filter((one) => one instanceof Ci.nsIScriptError)
            .map((one) => one.errorMessage))`,
    });
    return JSON.parse(answer.result.result.value);
}

// Begins to listen.  Returns a function that gives the reason for which the
// request with a token was blocked, once it has been.
async function messages(page) {
    const texts = [];
    const add = (message) => texts.push(message.text());
    page.on('console', add);
    const firefox = /firefox/i.test(await page.browser().version());
    return async (token) => {
        const url = new RegExp(`[?&]t=${token}\\b`);
        const end = Date.now() + 10000;
        let found;
        while (!found && Date.now() < end) {
            const all = firefox ? await ofFirefox(page) : texts;
            found = all.find((text) => url.test(text) && /CORS/.test(text));
            if (!found) await new Promise((resolve) =>
                setTimeout(resolve, 20));
        }
        page.off('console', add);
        if (!found) return 'nothing within ten seconds';
        return (found.match(/CORS policy: (.*)|Reason: (.*)\)\./) || [found])
            .filter((part) => part).pop();
    };
}

module.exports = messages;
