import type { Reason } from './reasons.ts';

/** What servers write where their codes say little. `permanent`: means nothing beside a 4xx, which may yet succeed. */
export type Phrase = { reason: Reason; text: RegExp; permanent?: true };

const any = (...phrases: string[]): RegExp => new RegExp(phrases.join('|'), 'i');

/**
 * The first that matches decides. Who refuses whom matters more than the verb ("sender … unknown" is no unknown
 * recipient), so sentences about the sender stand before those about the address. Every pattern is bounded: the text is
 * a stranger's.
 */
export const PHRASES: readonly Phrase[] = [
  {
    reason: 'mailbox_full',
    text: any(
      'over ?quota|over (?:the )?(?:maximum )?(?:allowed )?quota|quota (?:is )?(?:exceeded|full)|exceed(?:s|ed)? (?:\\w+ )?(?:storage|disk|mail) ?quota|disk quota',
      '(?:mail ?box|mailfolder|mail folder|inbox|boite|boîte|bal|casilla|postfach)[^.;]{0,60}?(?: full\\b|pleine|saturée|satur|llena|voll)',
      '(?:mailbox|storage|disk) (?:space )?(?:size )?(?:limit )?exceed|exceeded (?:the )?(?:storage|mailbox|disk)|exceeds allowed size|mailbox exceeds',
      'insufficient (?:disk|storage|mail ?box)|not enough (?:storage|disk|space)|out of storage|storage allocation|no space left for (?:this )?(?:user|mailbox)',
      'account is full|is full\\b|user has too many messages|quota (?:dépassé|depasse)|espace (?:disque )?insuffisant|umfang der mailbox|mailbox voll',
    ),
  },
  {
    reason: 'too_big',
    text: any(
      'message (?:is )?too (?:large|big|long)|(?:message|mail) size (?:limit )?exceed|message size exceeds|exceeds (?:the )?(?:maximum|fixed|server)[^.;]{0,20} (?:message )?(?:size|length)|taille (?:limite )?(?:maximale )?du message|message trop (?:gros|volumineux|lourd)|size limit exceeded|max(?:imum)? message size',
    ),
  },
  {
    reason: 'authentication_missing',
    text: any(
      '\\bdmarc\\b|\\bdkim\\b|\\bspf\\b[^.;]{0,40}(?:fail|error|reject|not|check|deny|denied|refus|invalid)|(?:fail|not|violat)[^.;]{0,40}\\bspf\\b|sender policy framework|not authenticated|unauthenticated (?:email|mail|sender)|sender id \\(?pra|openspf|spf/dns',
    ),
  },
  {
    reason: 'sender_refused',
    permanent: true,
    text: any(
      'sender (?:address )?(?:is )?(?:rejected|refused|denied|invalid|blocked|verif\\w+ fail|verify fail|unknown|not allowed|not accepted|blacklisted)|(?:invalid|unknown|bad|unrouteable|unroutable) sender|emetteur invalide|émetteur invalide|exp[ée]diteur (?:refus|invalide|inconnu|bloqu)',
      'domain of (?:the )?sender|sender.{0,20} domain (?:must|does not|not)|from: ?(?:header )?domain is invalid|valid from:|mail from[^.;]{0,40}(?:not allowed|denied|rejected|not owned)|return address|your (?:email )?address (?:is|has been) (?:rejected|blocked)',
    ),
  },
  {
    reason: 'relay_refused',
    permanent: true,
    text: any(
      'relay(?:ing)? (?:access )?(?:is )?(?:denied|not permitted|prohibited|not allowed|not accepted|refused|failed)|unable to relay|cannot relay|(?:not|no) (?:permitted to )?relay|open relay|rcpthosts|not a gateway|we do not relay|must be authenticated to relay|relais (?:refus|interdit)|will not relay|relaying mail to|not local host|mail for \\S{1,120} not accepted here',
    ),
  },
  {
    reason: 'recipient_restricted',
    permanent: true,
    text: any(
      'recipient preferences|permission to post|not allowed to post|only (?:members|subscribers)|restricted (?:to|address|recipient)',
    ),
  },
  {
    reason: 'mailbox_disabled',
    permanent: true,
    text: any(
      '(?:account|mailbox|user|recipient|adresse|compte|boite|boîte|login)(?:\\(s\\))?[^.;]{0,60}?(?:disabled|inactive|deactivated|frozen|suspended|expired|discontinued|terminated|is locked|temporarily locked|desactiv|désactiv|suspendu|archiv|cl[ôo]tur|has been blocked due to inactivity|est bloqu|is blocked|isblocked)',
      'inactive (?:user|account|mailbox|recipient)|disabled (?:account|mailbox|recipient|user)|account closed|mailbox not active|not (?:an )?active (?:mailbox|account|user)|no longer active|no longer on server|archived recipient',
    ),
  },
  {
    reason: 'address_moved',
    permanent: true,
    text: any(
      'has moved to|has been replaced by|address (?:has )?changed|nouvelle adresse|please (?:use|try) <?\\S{1,64}@',
    ),
  },
  {
    reason: 'domain_takes_no_mail',
    permanent: true,
    text: any(
      'null ?mx|does not accept (?:any )?(?:e-?mail|mail)|domain does not accept|not accept(?:ing)? (?:any )?(?:mail|messages) (?:for|at) this (?:domain|host)|host does not receive mail|smtp server does not accept|does not receive mail',
    ),
  },
  {
    reason: 'address_unknown',
    permanent: true,
    text: any(
      '(?:user|recipient|mailbox|account|address|addressee|alias|person|nutzer|usuario|utilisateur|destinataire|empfaenger|empfänger)(?:\\(s\\)|s)?(?: name| address| mailbox| account)?(?: is| was| has been| couldn.t be| could not be| can.t be)? ?(?:currently )?(?:unknown|not (?:found|known|recognized|recognised|listed|exist)|inconnue?|desconocido|unbekannt|inexistant|introuvable)',
      '(?:unknown|invalid|no such|non-?existent|nonexistent|unrouteable|unroutable|undeliverable|bad|unrecognized|unavailable) (?:local )?(?:e-?mail )?(?:user|recipient|mailbox|account|address|addressee|local part|local-part|person|alias|destination|virtual user|maildrop)',
      'no such \\S{1,40} here|(?:does|do)(?: not|n.t) (?:currently )?(?:exist|have an? (?:\\S{1,40} )?(?:account|mailbox|user))|isn.t an? |doesn.t have an? \\S{1,40} account|no (?:mailbox|account|user|person|one)(?: here)?(?: by| with| named| found)| is not a (?:known|valid|local) (?:user|recipient|mailbox)|not our customer|not a (?:known|valid) (?:user|recipient|mailbox|address)|not listed in|unknown\\.?user|user unknown',
      'recipient (?:address )?(?:is )?(?:rejected|invalid|unknown|refused|not (?:found|accepted|ok|permitted))|(?:address|addresses) (?:couldn.t be found|rejected|invalid|no longer accept\\w*|not (?:known|found|valid))|adresse[^.;]{0,40}(?:invalide|inconnue|inexistante|introuvable)|n.existe pas|no existe|existiert nicht|unable to verify address|cannot find (?:your )?recipient|delivery to (?:the )?address (?:failed|unknown)',
      'not a valid (?:mailbox|recipient|user|address)|invalid final delivery userid|malformed address|no valid recipients?|mailbox (?:unavailable|not found|does not)|verify recipient failed|rcpt(?: to)?:? ?<?[^>]{0,80}>? ?(?:failed|rejected) ?:? unknown|recipnotfound|resolver\\.adr|smtp; ?(?:550|551) (?:unknown|address)|no longer (?:works|employed|valid|in use|available)|無効|見つかりません',
    ),
  },
  {
    reason: 'domain_unknown',
    permanent: true,
    text: any(
      'host (?:or domain name )?(?:is )?(?:unknown|not found)|unknown host|domain (?:name )?(?:is )?(?:not found|unknown|does ?n.t exist|couldn.t be found|could not be found)|(?:unknown|invalid|no such|non-?existent|unrouteable) (?:mail )?(?:domain|host)|couldn.t find any host|no (?:valid )?(?:mx|a) (?:or \\w+ )?(?:record|host)|nxdomain|name service error|domain name not found|unrouteable (?:mail )?domain|couldn.t be resolved|unable to resolve|all relevant mx records|cannot find (?:a )?(?:mail exchanger|host)|bad destination (?:host|system|mailbox)|unable to route|no route to domain|address lookup|domain[^.;]{0,40}(?:introuvable|inexistant|inconnu)',
    ),
  },
  {
    reason: 'virus_suspected',
    permanent: true,
    text: any('\\bvirus\\b|infected|malware|clamav|trojan|malicious (?:attachment|content)'),
  },
  {
    reason: 'slowed_down',
    text: any(
      'rate ?limit|frequency (?:is )?limited|throttl|too (?:many|much) (?:messages|mails?|emails?|connections|concurrent|errors|requests|traffic)|sending (?:too )?(?:fast|rate|limit)|slow down|exceeded (?:the )?(?:rate|hourly|daily|maximum number|limit)|(?:messages?|sending) (?:limit|quota) exceeded|trop de connexions|deferred due to|unusual(?:ly high)? (?:rate|traffic)|max(?:imum)? (?:defers|emails|connections)',
    ),
  },
  {
    reason: 'spam_suspected',
    permanent: true,
    text: any(
      '(?<!anti-?)\\bspam(?!haus|cop|\\.)\\w*|unsolicited|bulk (?:e-?)?mail|\\bube\\b|\\buce\\b|content (?:filter|rejected)|looks like|indésirable|indesirable|mail rejet[eé]|classified as|phishing|bayes|identified as',
    ),
  },
  {
    reason: 'sender_blocked',
    permanent: true,
    text: any(
      'a problem occurred\\. \\(ask your postmaster|black ?-?list|block ?-?list|spamhaus|spamcop|barracuda|\\brbl\\b|\\bdnsbl\\b|reputation|blocked|\\bblock\\b|banned|poor sender|access denied|access to this mail system|service refuse|client (?:host )?(?:rejected|bloqu)|connect(?:ion)? (?:refused|rejected|denied|dropped) (?:by|due|due to|for) (?:policy|local)|policy|not (?:allowed|permitted|authorized|authorised) (?:to|by|from)|reverse (?:dns|hostname|lookup)|\\bptr\\b|\\brdns\\b|no dns|helo|ehlo|cannot find your hostname|your (?:ip|host|server|network)|administrative prohibition|administratively|prohibited|bloqu[eé]|suspicious|security reasons|denied|refused to talk to me: 5|insecure|tls (?:is )?required|must issue a starttls|unacceptable|not welcome|violat',
    ),
  },
  {
    reason: 'expired',
    text: any(
      'expired|retry time ?out|retry time not reached|(?:delivery|queue|message) (?:time|timeout|lifetime)[^.;]{0,20}(?:expired|exceeded)|(?:been|message) (?:in|on) (?:the )?queue (?:too long|for)|too long|(?:for|after|over|during) (?:more than )?\\d+ ?(?:days|hours|jours|heures|d\\b)|gave up|giving up|unable to deliver (?:this|your) message (?:after|for)|délai (?:d.attente )?(?:dépassé|expiré)|could not be delivered (?:for|within)',
    ),
  },
  {
    reason: 'network_trouble',
    text: any(
      'timed? ?-?out|connection (?:was )?(?:refused|reset|lost|dropped|closed|failed|died)|(?:could|can)(?: ?not|n.t) (?:connect|establish|reach)|unable to (?:connect|establish|reach)|no route to host|network (?:is )?(?:unreachable|error)|host (?:is )?(?:unreachable|down|not responding)|not responding|no answer|socket error|name server|dns (?:error|failure|server)|did not (?:accept|respond)|not accept our requests to connect|unreachable|routing|mail loop|loop detected|too many hops|loops? back|hop count|communication failure|lost connection|conversation with|handshake|certificate|starttls',
    ),
  },
  {
    reason: 'server_trouble',
    text: any(
      'system (?:error|failure|not|is|problem|configuration|resources)|local (?:error|configuration|problem)|internal (?:error|server)|service (?:is )?(?:currently )?unavailable|temporar(?:y|ily)|try (?:again|later)|mailer error|i/o error|cannot (?:open|create|append|update|write)|can.t (?:open|create|write)|no space left|disk full|queue (?:file )?write|resources? (?:temporarily )?unavailable|out of memory|maintenance|incident|command (?:died|output)|cannot allocate|file system|permission denied|unable to (?:write|open)|not (?:currently )?available|insufficient system|overload|busy',
    ),
  },
];
