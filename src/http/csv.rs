//! A list as CSV, safe to open in a spreadsheet.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpRequest, HttpResponse};

use super::ApiError;

/// Whether the client asked for CSV.
pub fn wants_csv(req: &HttpRequest) -> bool {
    let accepted = req.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| part.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv"))
}

/// Marks an answer that is a list to be taken away: its name, and how many rows it has.
#[derive(Clone, Copy, Debug)]
pub struct Exported {
    /// Name of the file, without `.csv`.
    pub name: &'static str,
    /// Rows, without the columns' names.
    pub rows: usize,
}

/// Builds a CSV answer row by row.
pub struct Csv {
    writer: csv::Writer<Vec<u8>>,
    name: &'static str,
    rows: usize,
}

impl Csv {
    /// Starts a file of this name (without `.csv`) with these columns.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(name: &'static str, columns: I) -> Result<Self, ApiError> {
        let mut file = Self { writer: csv::Writer::from_writer(Vec::new()), name, rows: 0 };
        file.row(columns)?;
        file.rows = 0;
        Ok(file)
    }

    /// Adds a row; what a spreadsheet would run as a formula is made text.
    pub fn row<I: IntoIterator<Item = S>, S: AsRef<str>>(&mut self, fields: I) -> Result<(), ApiError> {
        let fields = fields.into_iter().map(|field| tame(field.as_ref()));
        self.rows += 1;
        self.writer.write_record(fields).map_err(|e| ApiError::internal(format!("csv: {e}")))
    }

    /// A whole file in one go.
    pub fn table(
        name: &'static str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<HttpResponse, ApiError> {
        let mut file = Self::new(name, columns)?;
        rows.into_iter().try_for_each(|row| file.row(row))?;
        file.answer()
    }

    /// The answer.
    pub fn answer(self) -> Result<HttpResponse, ApiError> {
        let body = self.writer.into_inner().map_err(|e| ApiError::internal(format!("csv: {e}")))?;
        let mut answer = HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header(ContentDisposition {
                disposition: DispositionType::Attachment,
                parameters: vec![DispositionParam::Filename(format!("{}.csv", self.name))],
            })
            .body(body);
        answer.extensions_mut().insert(Exported { name: self.name, rows: self.rows });
        Ok(answer)
    }
}

/// A field that may be missing.
pub fn maybe<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A leading apostrophe keeps a spreadsheet from running the field; a plain number stays one.
fn tame(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<f64>().is_err();
    if formula { format!("'{field}") } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::tame;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        assert_eq!(tame("=1+1"), "'=1+1");
        assert_eq!(tame("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(tame("-3.5"), "-3.5");
        assert_eq!(tame("-cmd"), "'-cmd");
        assert_eq!(tame("plain"), "plain");
    }
}
