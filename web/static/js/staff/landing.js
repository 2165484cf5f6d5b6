// Where somebody works after signing in.

/** The first page of who has several roles is where patients wait. @param {StaffMember} member */
export function landing({ roles }) {
  if (roles.includes("physician")) return "/console";
  return roles.includes("coordinator") ? "/office" : "/admin";
}

/** A page of ours that `/enter#<page>` names; else the landing. @param {string} hash @param {StaffMember} member */
export function nextPage(hash, member) {
  const path = decodeURIComponent(hash.slice(1));
  return /^\/[a-z]+$/.test(path) && path !== "/enter" ? path : landing(member);
}
