use crate::tls::failure::stack_err;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Constructed and context-specific, with the number added.
pub(super) const CONTEXT: u8 = 0xA0;

/// A tag whose number is in the bytes behind it.
const LONG_TAG: u8 = 0x1F;

/// DER as Mbed TLS reads it (`asn1parse.c`). Errors of ASN.1 are added to `base`, the code for the part that is read.
///
/// A tag of several bytes is refused. Mbed TLS takes the first of them for all, x509-parser does not, and no certificate
/// may mean one thing here and another there.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    base: u16,
}

impl<'a> Reader<'a> {
    pub(super) fn new(rest: &'a [u8], base: u16) -> Self {
        Self { rest, base }
    }

    /// The same bytes, as another part.
    pub(super) fn as_part(self, base: u16) -> Self {
        Self { base, ..self }
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The code for an error of ASN.1 in this part.
    pub(super) fn error(&self, asn1: u16) -> u16 {
        self.base + asn1
    }

    /// The next element: its tag and its content.
    pub(super) fn any(&mut self) -> Result<(u8, Self), u16> {
        let out_of_data = || self.error(stack_err::ASN1_OUT_OF_DATA);
        let (tag, rest) = self.rest.split_first().ok_or_else(out_of_data)?;
        if tag & LONG_TAG == LONG_TAG {
            return Err(self.error(stack_err::ASN1_UNEXPECTED_TAG));
        }
        let (first, rest) = rest.split_first().ok_or_else(out_of_data)?;
        let (length, rest) = match first {
            short @ 0..=0x7F => (usize::from(*short), rest),
            long @ 0x81..=0x84 => {
                let (octets, rest) =
                    rest.split_at_checked(usize::from(long - 0x80)).ok_or_else(out_of_data)?;
                (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
            }
            _ => return Err(self.error(stack_err::ASN1_INVALID_LENGTH)),
        };
        let (content, rest) = rest.split_at_checked(length).ok_or_else(out_of_data)?;
        self.rest = rest;
        Ok((*tag, Self::new(content, self.base)))
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn within(&mut self, tag: u8) -> Result<Self, u16> {
        match self.optional(tag)? {
            Some(content) => Ok(content),
            None if self.is_empty() => Err(self.error(stack_err::ASN1_OUT_OF_DATA)),
            None => Err(self.error(stack_err::ASN1_UNEXPECTED_TAG)),
        }
    }

    /// The content of the next element if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Self>, u16> {
        if self.rest.first() == Some(&tag) { Ok(Some(self.any()?.1)) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), u16> {
        if self.is_empty() { Ok(()) } else { Err(self.error(stack_err::ASN1_LENGTH_MISMATCH)) }
    }

    /// The next element, an INTEGER that is not negative and has at most 31 bits.
    pub(super) fn integer(&mut self) -> Result<u32, u16> {
        let invalid = self.error(stack_err::ASN1_INVALID_LENGTH);
        let octets = self.within(INTEGER)?.bytes();
        if octets.first().is_none_or(|first| first & 0x80 != 0) {
            return Err(invalid);
        }
        let number = octets.iter().try_fold(0_u32, |number, octet| {
            number.checked_mul(256).map(|number| number | u32::from(*octet))
        });
        number.filter(|number| i32::try_from(*number).is_ok()).ok_or(invalid)
    }

    /// The octets of the next element, a BIT STRING of whole ones.
    pub(super) fn whole_bit_string(&mut self) -> Result<&'a [u8], u16> {
        match self.within(BIT_STRING)?.bytes().split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(self.error(stack_err::ASN1_INVALID_DATA)),
        }
    }

    /// An AlgorithmIdentifier: the OID, and the tag and content of its parameters (`mbedtls_asn1_get_alg`).
    pub(super) fn algorithm(&mut self) -> Result<Algorithm<'a>, u16> {
        let mut algorithm = self.within(SEQUENCE)?;
        let oid = algorithm.within(OID)?.bytes();
        let parameters = if algorithm.is_empty() { None } else { Some(algorithm.any()?) };
        algorithm.end()?;
        let parameters = parameters.map(|(tag, content)| (tag, content.bytes()));
        Ok(Algorithm { oid, parameters })
    }
}

/// What an AlgorithmIdentifier holds.
#[derive(PartialEq, Eq)]
pub(super) struct Algorithm<'a> {
    pub(super) oid: &'a [u8],
    pub(super) parameters: Option<(u8, &'a [u8])>,
}

impl Algorithm<'_> {
    /// Whether its parameters are absent or NULL.
    pub(super) fn is_plain(&self) -> bool {
        self.parameters.is_none_or(|(tag, content)| tag == NULL && content.is_empty())
    }
}
