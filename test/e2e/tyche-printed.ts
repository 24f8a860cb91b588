// What the Tyche document prints, as it prints it: its answers, by which ours are measured.

export const CREATED = {
  responseCode: '00',
  status: 'success',
  message: 'loan created successfully',
  data: {
    organizationId: 'aee1a803-3835-4195-b732-a19f7c3702c8',
    accountHolderType: 'clients',
    loanName: 'third loan with repayment schedule',
    amount: 10000,
    accountNumber: '16050926853',
    accountHolder: 'd4c9f36f-ffbb-4c85-87cb-97c8fee6b9ad',
    interestRate: 12,
    moratorium: 6,
    tenure: 90,
    tranches: null,
    state: 'PENDING',
    customData: {},
    document: null,
    depositAccount: null,
    loanProductId: '798ca840-07c7-4226-ba10-52b722d8d968',
    balances: {
      totalAccruedFees: 0,
      totalAccruedPenalty: 0,
      totalAccruedinterest: 0,
      totalPrincipalBalance: 10000,
    },
    gracePeriod: null,
    riskState: null,
    comment: null,
    writtenOffDate: null,
    approvedDate: null,
    disbursedDate: null,
    declinedDate: null,
    nextRepaymentDate: null,
    lastRepaymentDate: null,
    id: 'bd63129a-41d5-417c-a48a-c8377a901390',
    totalDue: 0,
    totalPaid: 0,
    status: 'inactive',
    created_at: '2024-03-12T13:51:00.529Z',
    updated_at: '2024-03-12T13:51:00.529Z',
  },
};

export const LISTED = {
  responseCode: '00',
  status: 'success',
  message: 'Loans fetch successful',
  data: [
    {
      id: 'bb630816-db35-4fe8-acdd-773a0387cdbd',
      organizationId: 'a5f38f16-6c44-408f-b7ff-6775f02b83ac',
      loanName: 'testing',
      loanProductId: 'fed36374-fcd2-4fac-a820-8100a6ae97af',
      amount: 3000,
      totalDue: 0,
      totalPaid: 0,
      accountNumber: '0000000427',
      accountHolderType: 'companies',
      accountHolder: '05768940-15ed-450c-8d8e-70f36ffffff8',
      tenure: 20,
      customData: {},
      document: null,
      tranches: null,
      status: 'inactive',
      state: 'PENDING',
      riskState: 'PERFOMRING',
      created_at: '2023-08-23T14:55:11.358Z',
      updated_at: '2023-08-23T14:55:11.358Z',
      firstName: null,
      lastName: null,
      clientkey: null,
      name: 'chowDeck',
      accountholdername: 'chowDeck',
      companykey: '05768940-15ed-450c-8d8e-70f36ffffff8',
      loanproductname: 'test45',
      currency: 'NGN',
    },
  ] as const,
};

export const FOUND = {
  responseCode: '00',
  message: 'Loan fetch successful',
  data: {
    id: 'e7837f5f-5793-4b0f-bfc7-5f1e4926ace3',
    organizationId: 'ab3b150e-6a5d-429f-b499-f2d6ea99f668',
    loanName: 'No fees loan',
    loanProductId: '29afa5b5-4d1b-4971-b407-bf421513a669',
    amount: 100000,
    totalDue: 0,
    totalPaid: 0,
    interestRate: 0,
    gracePeriod: null,
    accountNumber: '0000002825',
    accountHolder: 'a3ffa926-14ae-4a82-a9b7-9b27c7df7867',
    accountHolderType: 'clients',
    tenure: 2,
    // the lender's own fields, of which we keep none
    customData: {},
    balances: {
      totalAccruedFees: 0,
      totalAccruedPenalty: 0,
      totalAccruedinterest: 0,
      totalPrincipalBalance: 0,
    },
    tranches: null,
    status: 'inactive',
    document: null,
    state: 'WRITTENOFF',
    riskState: 'PERFOMRING',
    comment: null,
    created_at: '2023-12-04T17:01:43.122Z',
    updated_at: '2023-12-07T16:55:10.568Z',
    firstName: 'no ref',
    lastName: 'client',
    clientkey: 'a3ffa926-14ae-4a82-a9b7-9b27c7df7867',
    name: null,
    accountholdername: null,
    companykey: null,
    loanproductname: 'No fees loan',
    currency: 'NGN',
  },
};

export const SCHEDULE = {
  responseCode: '00',
  message: 'Loan fetch successfully',
  data: [
    {
      id: '3df52413-295e-4de6-8230-6d9853265aef',
      loanId: 'e7837f5f-5793-4b0f-bfc7-5f1e4926ace3',
      principal: 0,
      interest: 0,
      fee: 0,
      penalty: 0,
      totalDue: 0,
      totalPaid: 0,
      state: 'WRITTENOFF',
      dueDate: '2023-12-20',
      created_at: '2023-12-04T17:01:43.122Z',
      updated_at: '2023-12-07T16:55:10.228Z',
    },
  ] as const,
};

export const TRANSACTIONS = {
  status: 'success',
  message: 'Transactions fetched successfully',
  data: [],
  pagination: { currentPage: 1, perPage: 15, totalCount: 0, totalPages: 0, previousPage: 0, nextPage: 0 },
};

export const BALANCES = {
  responseCode: '00',
  message: 'Loan balances fetch successfully',
  data: { balances: {} },
};

export const REPAID = { responseCode: '00', message: 'loan repayment successful' };
export const PAID_OFF = { responseCode: '00', message: 'loan payoff successful' };
export const WRITTEN_OFF = { responseCode: '00', message: 'loan writeoff successful' };
export const TOPPED_UP = { responseCode: '00', message: 'Loan topup succesfull' };
export const LIQUIDATED = { responseCode: '00', message: 'loan liquidate succesfull' };
export const DISBURSED = { responseCode: '00', message: 'Loan disbursed succesfully' };
