"""The operations of DynamoDB that the Lambda calls; this imports nothing, since the image's build reads it too.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

ALWAYS_RETURNED = {
    "BatchGetItem": frozenset({"Responses"}),
    "GetItem": frozenset[str](),  # nothing where there is no item
    "PutItem": frozenset[str](),
    "Query": frozenset({"Items"}),
    "Scan": frozenset({"Items"}),
    "TransactWriteItems": frozenset[str](),
    "UpdateItem": frozenset[str](),
}
"""What a successful response always has, by operation."""
