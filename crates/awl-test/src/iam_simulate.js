// Answers requests in awl's batch form, a line each, by the simulator that is
// installed in the folder this runs in. Nothing of it is part of awl.
'use strict';
const readline = require('node:readline');
const { runSimulation } = require('@cloud-copilot/iam-simulate');

const DECISIONS = {
  Allowed: 'allowed',
  ExplicitlyDenied: 'explicitDeny',
  ImplicitlyDenied: 'implicitDeny',
};

const named = (policies, kind) =>
  (policies ?? []).map((policy, index) => ({ name: `${kind}.${index + 1}`, policy }));
const levels = (all, kind) =>
  (all ?? []).map((policies, index) => ({
    orgIdentifier: `${kind}.${index + 1}`,
    policies: named(policies, `${kind}.${index + 1}`),
  }));

// It takes one session policy; several count as one set.
const merged = (policies) =>
  policies?.length
    ? { ...policies[0], Statement: policies.flatMap((policy) => policy.Statement) }
    : undefined;

const simulation = ({ request, ...policies }) => ({
  request: {
    principal: request.principal === '*' ? { type: 'Anonymous' } : request.principal,
    action: request.action,
    resource: { resource: request.resource, accountId: request.resourceAccount },
    contextVariables: request.context ?? {},
  },
  identityPolicies: named(policies.identityPolicies, 'identity'),
  resourcePolicy: policies.resourcePolicy ?? undefined,
  permissionBoundaryPolicies: policies.permissionsBoundary
    ? named([policies.permissionsBoundary], 'boundary')
    : undefined,
  serviceControlPolicies: levels(policies.scps, 'scp'),
  resourceControlPolicies: levels(policies.rcps, 'rcp'),
  vpcEndpointPolicies: policies.vpcEndpointPolicy
    ? named([policies.vpcEndpointPolicy], 'endpoint')
    : undefined,
  sessionPolicy: merged(policies.sessionPolicies),
});

async function answer(line) {
  const entry = JSON.parse(line);
  try {
    const result = await runSimulation(simulation(entry), {});
    return result.resultType === 'error'
      ? { id: entry.id, error: JSON.stringify(result.errors) }
      : { id: entry.id, decision: DECISIONS[result.overallResult] };
  } catch (error) {
    return { id: entry.id, error: String(error) };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n');
  }
})();
