"""The office: its officials, who is responsible for the service, its accounts for gifts, and changes of the law."""
