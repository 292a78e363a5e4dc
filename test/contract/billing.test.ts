import { activationRig, customerRig, serviceRig, subscriptionRig } from "./billing.rig.ts";
import { describeLaws } from "./laws.ts";

describeLaws("billing/customer", customerRig);
describeLaws("billing/service", serviceRig);
describeLaws("billing/subscription", subscriptionRig);
describeLaws("billing/activation", activationRig);
