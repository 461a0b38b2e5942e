use mosquitto_fixtures::rustls::pki_types::PrivatePkcs8KeyDer;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber, date_time_ymd,
};

use super::client::Identity;
use super::files::Files;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// An authority for devices: a root, its intermediates, and what they sign.
pub(super) struct Fleet {
    root: Issuer,
    intermediate: Issuer,
    expired_intermediate: Issuer,
    revoked_intermediate: Issuer,
}

/// Of the certificate that a CRL revokes.
const REVOKED: u64 = 7;

impl Fleet {
    pub(super) fn new() -> Self {
        let root = self_signed("devices' root");
        let signed =
            |params| CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        let intermediate = signed(authority("devices' intermediate"));
        let mut params = authority("expired intermediate");
        params.not_after = date_time_ymd(2020, 1, 1);
        let expired_intermediate = signed(params);
        let mut params = authority("revoked intermediate");
        params.serial_number = Some(SerialNumber::from(REVOKED));
        let revoked_intermediate = signed(params);
        Self { root, intermediate, expired_intermediate, revoked_intermediate }
    }

    /// What the broker trusts, and its CRLs.
    pub(super) fn write(&self, files: &Files) {
        files.write("devices.crt", self.root.pem());
        files.write("current.crl", revocations(&self.intermediate, 4000));
        files.write("expired.crl", revocations(&self.intermediate, 2020));
        files.write("root.crl", revocations(&self.root, 4000));
        let of_both = [&self.revoked_intermediate, &self.root].map(|issuer| revocations(issuer, 4000));
        files.write("complete.crl", of_both.concat());
    }

    /// What a client shows, by the name in the table.
    pub(super) fn identity(&self, name: &str) -> Option<Identity> {
        let mut params = device();
        match name {
            "none" => return None,
            "below-expired" => return Some(identity(params, &self.expired_intermediate)),
            "below-revoked" => return Some(identity(params, &self.revoked_intermediate)),
            "expired" => params.not_after = date_time_ymd(2020, 1, 1),
            "for-servers" => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            "no-common-name" => params.distinguished_name = organisation(),
            "no-purpose" => params.extended_key_usages.clear(),
            "not-yet-valid" => params.not_before = date_time_ymd(4000, 1, 1),
            "of-unknown-root" => return Some(identity(params, &self_signed("another root"))),
            "revoked" => params.serial_number = Some(SerialNumber::from(REVOKED)),
            "self-signed" => {
                let key = KeyPair::generate().unwrap();
                let chain = vec![params.self_signed(&key).unwrap().der().clone()];
                return Some(Identity { chain, key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() });
            }
            "sound" | "without-intermediate" => {}
            name => panic!("nobody is {name}"),
        }
        let mut identity = identity(params, &self.intermediate);
        if name == "without-intermediate" {
            identity.chain.truncate(1);
        }
        Some(identity)
    }
}

fn self_signed(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A device's certificate as it should be.
fn device() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "device-7");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

fn organisation() -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "plant");
    name
}

fn identity(params: CertificateParams, issuer: &Issuer) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let chain = vec![certificate.der().clone(), issuer.der().clone()];
    Identity { chain, key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
}

/// A CRL of `issuer` that ends with the beginning of this year.
fn revocations(issuer: &Issuer, until: i32) -> String {
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from(REVOKED),
        revocation_time: date_time_ymd(2019, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2019, 1, 1),
        next_update: date_time_ymd(until, 1, 1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).unwrap().pem().unwrap()
}
