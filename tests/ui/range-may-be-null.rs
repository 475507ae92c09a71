// A NULL lies in no range, so that an order with a nullable column has none.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    delay: Option<i64>,
    tailnum: Option<String>,
}

fn ranges(pool: &SqlitePool) {
    let _ = Flight::iter(pool).order_by(|f| f.delay.desc().then(f.id.asc())).range((10, 1)..);
    let _ = Flight::iter(pool)
        .order_by(|f| f.delay.asc().then(f.tailnum.asc()).then(f.id.asc()))
        .range((10, "N1".to_owned(), 1)..=(20, "N2".to_owned(), 1));
    let _ = Flight::batch_iter(pool).order_by(|f| f.id.asc().then(f.delay.asc())).range((1, 10)..);
}

fn main() {}
