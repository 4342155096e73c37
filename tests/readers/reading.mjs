// Does with other people's libraries what it is asked: one JSON on stdin, one JSON on stdout.
import { createHash, randomBytes, webcrypto } from "node:crypto";
import pixelpass from "@mosip/pixelpass";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const encoder = new TextEncoder();
const named = (jwk) => (jwk.kty === "OKP" ? "Ed25519" : { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" });
const key = (jwk, use) => webcrypto.subtle.importKey("jwk", { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, d: jwk.d },
  named(jwk), false, [use]);

function verifier(jwk) {
  return async (data, signature) =>
    webcrypto.subtle.verify(named(jwk), await key(jwk, "verify"), Buffer.from(signature, "base64url"), encoder.encode(data));
}

function signer(jwk) {
  return async (data) =>
    Buffer.from(await webcrypto.subtle.sign(named(jwk), await key(jwk, "sign"), encoder.encode(data))).toString("base64url");
}

function library(asked) {
  return new SDJwtVcInstance({
    hasher: async (data) => createHash("sha256").update(data).digest(),
    hashAlg: "sha-256",
    saltGenerator: async () => randomBytes(16).toString("base64url"),
    signAlg: asked.alg,
    kbSignAlg: asked.alg,
    verifier: asked.issuer && verifier(asked.issuer),
    signer: asked.issuer?.d && signer(asked.issuer),
    kbSigner: asked.holder?.d && signer(asked.holder),
    kbVerifier: async (data, signature, payload) => verifier(payload.cnf.jwk)(data, signature),
  });
}

const work = {
  card({ text, names }) {
    const message = JSON.parse(pixelpass.decode(text));
    const payload = Buffer.from(message.value[2].data);
    const claims = pixelpass.decodeMappedData(payload, {});
    return { tag: message.tag, issuer: claims["1"], identity: pixelpass.decodeMappedData(claims["169"], names) };
  },
  async shown(asked) {
    const { payload, kb } = await library(asked).verify(asked.text, { keyBindingNonce: asked.nonce });
    return { payload, audience: kb.payload.aud };
  },
  async issue(asked) {
    const library_ = library(asked);
    const { kty, crv, x, y } = asked.holder;
    const claims = { ...asked.claims, cnf: { jwk: { kty, crv, x, y } } };
    const credential = await library_.issue(claims, { _sd: asked.hidden }, { header: { kid: asked.kid } });
    const kb = { payload: { iat: asked.claims.iat, aud: asked.audience, nonce: asked.nonce } };
    return { credential, shown: await library_.present(credential, asked.show, { kb }) };
  },
};

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const asked = JSON.parse(Buffer.concat(chunks));
console.log(JSON.stringify(await work[asked.work](asked)));
